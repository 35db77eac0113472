/* Takes addresses of people and hosts out of package-lock.json, so that it installs from whatever registry is set up.
   Run by `npm run lock`; .npmrc already keeps the registry's own addresses out. */
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding;
  delete entry.resolved;
}
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
