/* What was typed into a draft and is not known to be saved: kept in this tab, for this person, until the server has said
   that it has it. The next page sends it again, whichever it is, for the save that a page sends when it is left may be
   slow, may find the network away, and is never sent while an earlier one is under way. The same content sent twice
   changes nothing, and what somebody else saved meanwhile is never overwritten (docs/decisions/0026). */
const meta = () => document.querySelector('meta[name="csrf-token"]');
const mine = () => `motcua-draft|${meta()?.dataset.viewer}|`;
const isHere = (url) => [...document.querySelectorAll('form[data-draft]')].some((it) => it.dataset.draft === url);

function read(url) {
  try { return sessionStorage.getItem(mine() + url); } catch { return null; } // no storage in this window: as without it
}

/** Keep contents, [name, value] pairs each, that were typed one after the other over a version of the draft; without any,
    the version that holds all of it: a page that was asked for just before may come with an older one. */
export function keep(url, version, contents) {
  try { sessionStorage.setItem(mine() + url, JSON.stringify({ version, contents })); } catch { /* full, or none */ }
}

export function forget(url) {
  try { sessionStorage.removeItem(mine() + url); } catch { /* none */ }
}

export const kept = (url) => JSON.parse(read(url));

export const isSaved = (answer) => answer.ok && (answer.headers.get('Content-Type') || '').startsWith('application/json');

/** Send what is kept; give the version that holds it now, or 'changed' where somebody else saved meanwhile, or nothing. */
export async function resend(url) {
  const text = read(url);
  const entry = JSON.parse(text);
  if (!entry?.contents.length) return undefined;
  let version = entry.version;
  let answer;
  for (const pairs of entry.contents) {
    const body = new FormData();
    for (const [name, value] of [...pairs, ['draft_version', version], ['csrf_token', meta().content]]) body.append(name, value);
    try {
      answer = await fetch(url, { method: 'POST', body, headers: { 'X-Draft': '1' }, redirect: 'manual' });
      if (isSaved(answer)) version = (await answer.json()).version;
    } catch { return undefined; } // offline: the next page, or the network's coming back, tries again
  }
  if (answer.status === 409 && read(url) === text) keep(url, entry.version, [entry.contents.at(-1)]);
  if (answer.status === 409) return 'changed';
  const isFinal = answer.status < 500 && ![401, 408, 429].includes(answer.status); // sent, closed or refused: nowhere to save it
  if (isFinal && read(url) === text) {
    if (isSaved(answer) && !isHere(url)) keep(url, version, []);
    else forget(url);
  }
  return isSaved(answer) ? version : undefined;
}

function resendAll() {
  if (!meta()?.dataset.viewer) return;
  let keys = [];
  try { keys = Object.keys(sessionStorage); } catch { /* none */ }
  for (const key of keys) {
    const url = key.slice(mine().length);
    if (key.startsWith(mine()) && !isHere(url)) resend(url); // the page of the form itself does more: drafts.js
  }
}

export function unsaved() {
  resendAll();
  window.addEventListener('online', resendAll);
}
