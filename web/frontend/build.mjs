/* Builds the browser's part into web/static/dist/ and the FEEL evaluator into expressions/feelin.js.
   `node web/frontend/build.mjs`, from anywhere, after `npm ci`. Names carry a hash of the content; manifest.json maps
   the plain name to it (read by web/assets.py). The old folder is replaced in one go, so a running server never sees half. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { purged, subset } from './purge.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const dist = join(root, 'web', 'static', 'dist');
const fresh = `${dist}.new`;
const manifest = {};

/** The form editor asks for an older Preact than the viewer that it builds on, but hooks of two copies do not work together:
    both, and what we draw inside the editor, get the editor's. */
const preactOfTheEditor = {
  name: 'preact-of-the-editor',
  setup(build) {
    build.onResolve({ filter: /^preact(\/|$)/ }, ({ path, kind, importer, pluginData }) => {
      if (pluginData === 'again' || !(importer.startsWith(here) || /[\\/]form-js-viewer[\\/]/.test(importer))) return undefined;
      return build.resolve(path, { kind, resolveDir: join(root, 'node_modules', '@bpmn-io', 'form-js-editor'), pluginData: 'again' });
    });
  },
};

/** The style sheet of every page holds of Bootstrap and of its icons what our sources name. */
const ofBootstrapWhatIsNamed = {
  name: 'of-bootstrap-what-is-named',
  setup(build) {
    const left = async (path) => purged(readFileSync(path, 'utf8'), root);
    build.onLoad({ filter: /bootstrap\.min\.css$/ }, async ({ path }) => ({ contents: await left(path), loader: 'css' }));
    build.onLoad({ filter: /bootstrap-icons\.min\.css$/ }, async ({ path }) => ({
      contents: (await left(path)).replace(/,url\("[^"]*\.woff\?[^"]*"\) format\("woff"\)/, ''), loader: 'css',
    }));
    build.onLoad({ filter: /bootstrap-icons\.woff2$/ }, async ({ path }) => {
      const icons = await left(join(dirname(path), '..', 'bootstrap-icons.min.css'));
      return { contents: subset(path, icons, root), loader: 'file' };
    });
  },
};

async function bundle() {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['site.js', 'list.js', 'viewer.js', 'docs.js', 'form-editor.js', 'css/site.css', 'css/viewer.css', 'css/docs.css', 'css/form-editor.css'].map((name) => join(here, name)),
    outdir: fresh, outbase: here, entryNames: '[name]-[hash]', chunkNames: 'chunk-[hash]', assetNames: '[name]-[hash]',
    bundle: true, minify: true, splitting: true, format: 'esm', target: 'es2022', charset: 'utf8',
    legalComments: 'eof', metafile: true, logLevel: 'warning',
    plugins: [preactOfTheEditor, ofBootstrapWhatIsNamed],
    loader: { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'file' },
  });
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
  }
}

function copy(source, name = basename(source)) {
  const bytes = readFileSync(source);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
  const target = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  writeFileSync(join(fresh, target), bytes);
  manifest[name] = target;
}

/** A smaller copy beside each text, sent to browsers that take it. */
function compress() {
  for (const name of readdirSync(fresh).filter((it) => /\.(js|css|svg)$/.test(it))) {
    const bytes = readFileSync(join(fresh, name));
    if (bytes.length <= 1400) continue;
    writeFileSync(join(fresh, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(join(fresh, `${name}.br`), brotliCompressSync(bytes, { params }));
  }
}

async function feelin() {
  const entry = join(root, 'expressions', 'feelin.entry.mjs');
  if (!existsSync(entry)) {
    console.warn(`skipped expressions/feelin.js: there is no ${relative(root, entry)}`);
    return;
  }
  await esbuild.build({
    absWorkingDir: root, entryPoints: [entry], outfile: join(root, 'expressions', 'feelin.js'),
    bundle: true, minify: true, format: 'iife', target: 'es2020', charset: 'utf8', legalComments: 'eof', logLevel: 'warning',
  });
  console.log('expressions/feelin.js');
}

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
await bundle();
const swagger = join(root, 'node_modules', 'swagger-ui-dist');
copy(join(swagger, 'swagger-ui-bundle.js'));
copy(join(swagger, 'swagger-ui.css'));
copy(join(here, 'favicon.svg'));
compress();
writeFileSync(join(fresh, 'manifest.json'), JSON.stringify(manifest, Object.keys(manifest).sort(), 1));
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
console.log(Object.entries(manifest).map(([name, file]) => `${name} -> web/static/dist/${file}`).join('\n'));
await feelin();
