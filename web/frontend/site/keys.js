/* Keys: an element with data-key="n" is clicked by that key (several are parted by a space); data-rows marks the list that j and k walk.
   Single letters never work inside fields and can be switched off under "?" (WCAG 2.1.4).
   "Ctrl+Enter" asks once: the first press moves to the button, the second presses it. */
import { reveal, typing } from './dom.js';

const OFF = 'motcua.keys.off';
const off = () => { try { return localStorage.getItem(OFF) === '1'; } catch { return false; } };

function walk(step) {
  const rows = [...document.querySelectorAll('[data-rows] > *')].filter((row) => row.querySelector('a[href]'));
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.classList.contains('mc-here') || row.querySelector('[aria-current]'));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  rows.forEach((row) => row.classList.toggle('mc-here', row === next));
  next.querySelector('a[href]').focus({ preventScroll: true });
  reveal(next);
  return true;
}

function pick(event) {
  const row = document.querySelector('[data-rows] > .mc-here');
  const box = row?.querySelector('input[type=checkbox]');
  if (!box) return false;
  box.click();
  event.preventDefault();
  return true;
}

/** Claim the task of the row where the keys are, or the one that is open. */
function claim() {
  const button = document.querySelector('[data-rows] > .mc-here form[action*="/claim"] button');
  button?.click();
  return Boolean(button);
}

function press(key) {
  const on = [...document.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`)].find((it) => it.offsetParent && !it.disabled);
  if (!on) return false;
  if (key.startsWith('Ctrl+') && document.activeElement !== on) on.focus();
  else if (/^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName)) { on.focus(); on.select?.(); }
  else on.click();
  return true;
}

function help() {
  const dialog = document.getElementById('mc-keys');
  if (!dialog?.showModal) return false;
  const list = dialog.querySelector('[data-keys-here]');
  list.replaceChildren(...[...document.querySelectorAll('[data-key]')].filter((it) => it.offsetParent && !dialog.contains(it)).flatMap((it) => {
    const term = document.createElement('dt');
    term.append(...it.dataset.key.split(' ').flatMap((key) => [Object.assign(document.createElement('kbd'), { textContent: key.replace('Escape', 'Esc') }), ' ']));
    const words = it.dataset.keyLabel || it.getAttribute('aria-label') || it.labels?.[0]?.textContent || (it.querySelector('.mc-clamp') ?? it).textContent; // a view without its count
    return [term, Object.assign(document.createElement('dd'), { textContent: words.trim().replace(/\s+/g, ' ') })];
  }));
  const box = dialog.querySelector('[data-keys-off]');
  box.checked = off();
  box.onchange = () => { try { localStorage.setItem(OFF, box.checked ? '1' : '0'); } catch { /* private window: it holds for this page only */ } };
  dialog.showModal();
  return true;
}

export function keys() {
  document.querySelectorAll('[data-keys-help]').forEach((button) => button.addEventListener('click', help));
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const whole = (event.ctrlKey || event.metaKey ? 'Ctrl+' : '') + event.key;
    if (whole.startsWith('Ctrl+')) { if (press(whole)) event.preventDefault(); return; }
    if (typing(event) || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') { document.querySelectorAll('details.mc-menu[open], details.mc-person[open]').forEach((it) => { it.open = false; }); }
    if (off() && event.key.length === 1 && event.key !== '?') return;
    const done = event.key === '?' ? help()
      : event.key === 'j' ? walk(1)
      : event.key === 'k' ? walk(-1)
      : (event.key === 'x' && pick(event)) || (event.key === 'c' && claim()) || press(event.key);
    if (done) event.preventDefault();
  });
}
