/* Makes a part of the page like a newer one that the server made, and keeps what belongs to the person: what stands in the
   fields, focus and caret, what is folded open, and what scripts have added.

   Conventions for other scripts, whose elements stand in such a part:
     data-script-made     on an element that a script added: it is left as it is. It must stand beside or inside an element with an id.
     data-script-attrs    on an element of the server: the attributes (by name, parted by spaces) that a script has set on it.
   After it `htmx:after:swap` is sent: a script looks again at the elements it serves, whose answers may have changed. */
import htmx from 'htmx.org';

let swap = () => {};
let opens = false; // whether what the server shows open is opened: where a row was just added
let isOurs = false;

htmx.registerExtension('keeps', {
  init: ({ morph }) => { swap = morph; },
  htmx_before_morph_attr: (node, { attrName, newValue }) => {
    if (!isOurs) return true;
    if (attrName === 'open' && node.tagName === 'DETAILS') return opens && newValue !== null;
    if (newValue === null && (attrName === 'style' || attrName === 'data-script-attrs')) return false;
    return !node.dataset.scriptAttrs?.split(' ').includes(attrName);
  },
});
htmx.config.morphSkip = [htmx.config.morphSkip, '[data-script-made]'].filter(Boolean).join(',');

const isTicked = (it) => it.type === 'checkbox' || it.type === 'radio';
const isFilled = (it) => it.name && !['hidden', 'file', 'submit', 'button', 'reset'].includes(it.type) && !it.closest('[data-script-made]');

/** Every control of a part under a name that stays the same when the part is made anew. */
function* controls(part) {
  const seen = {};
  for (const it of part.querySelectorAll('input, select, textarea')) {
    if (!isFilled(it)) continue;
    const name = isTicked(it) ? `${it.name}=${it.value}` : it.name;
    seen[name] = (seen[name] ?? -1) + 1; // a day and its time have one name
    yield [it.name, name.slice(it.name.length) + (seen[name] ? `#${seen[name]}` : ''), it];
  }
}

const REACHED = 'input:not([type=hidden], [disabled]), select:not([disabled]), textarea:not([disabled]), button:not([disabled], [tabindex]), a[href], summary';

const held = (it) => (isTicked(it) ? it.checked : it.value);

/** What stands in every control now. */
export function content(part) {
  return new Map([...controls(part)].map(([name, rest, it]) => [name + rest, held(it)]));
}

/** Put a value into a control; false where it is no longer on offer. */
function put(it, value) {
  if (it.tagName === 'SELECT' && ![...it.options].some((option) => option.value === value)) return false;
  if (isTicked(it)) it.checked = value;
  else if (it.value !== value) it.value = value;
  return true;
}

/** What the server wrote into a control; a browser forgets it once somebody has typed. */
function written(it) {
  if (isTicked(it)) return it.defaultChecked;
  if (it.tagName === 'SELECT') return ([...it.options].find((option) => option.defaultSelected) ?? it.options[0])?.value ?? '';
  return it.defaultValue;
}

/** Say whether a control holds something else than the server wrote into it. */
export const isChanged = (it) => isFilled(it) && held(it) !== written(it);

/** Give what scripts have added to `part` a place in `fresh`, so that it stays where it is. */
function makeRoom(part, fresh) {
  let number = 0;
  for (const node of part.querySelectorAll('[data-script-made]')) {
    if (node.parentElement.closest('[data-script-made]')) continue;
    node.id ||= `script-made-${Date.now()}-${++number}`;
    const room = document.createElement(node.tagName);
    room.id = node.id;
    room.dataset.scriptMade = '';
    const twin = (it) => (it?.id ? fresh.querySelector(`[id="${CSS.escape(it.id)}"]`) : null);
    const before = twin(node.previousElementSibling);
    const after = twin(node.nextElementSibling);
    if (before) before.after(room);
    else if (after) after.before(room);
    else twin(node.parentElement)?.append(room);
  }
}

/**
 * Make the inside of `part` like `fresh` (a DocumentFragment).
 * `renamed(name)`: the name that a control has now ('' where it is gone); `keeps(key, value)`: whether what stands in a
 * control (under its key of `content`) stays; the others hold what the server wrote. `isAdded`: a row was added, which is shown even where it is folded away.
 */
export function morph(part, fresh, { renamed = (name) => name, keeps = () => true, isAdded = false } = {}) {
  const mine = new Map();
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const before = focused ? [...part.querySelectorAll(REACHED)].filter((it) => it.compareDocumentPosition(focused) & Node.DOCUMENT_POSITION_FOLLOWING) : [];
  let place = '';
  let caret = null;
  for (const [name, rest, it] of controls(part)) {
    const now = renamed(name);
    if (it === focused) { place = now && now + rest; caret = selection(it); }
    if (now && keeps(name + rest, held(it))) mine.set(now + rest, held(it));
  }
  makeRoom(part, fresh);
  opens = isAdded;
  isOurs = true;
  try { swap(part, fresh, true); } finally { isOurs = false; }
  for (const [name, rest, it] of controls(part)) {
    const key = name + rest;
    const isMine = mine.has(key) && !it.readOnly && !it.disabled && put(it, mine.get(key));
    if (!isMine) put(it, written(it));
    if (key === place && it !== document.activeElement) { it.focus({ preventScroll: true }); select(it, caret); }
  }
  if (focused && !part.contains(document.activeElement)) [...before, ...(focused.isConnected ? [focused] : [])].findLast((it) => it.isConnected)?.focus({ preventScroll: true });
  htmx.process(part);
  htmx.trigger(part, 'htmx:after:swap');
}

function selection(it) {
  try { return it.selectionStart === null ? null : [it.selectionStart, it.selectionEnd, it.selectionDirection]; } catch { return null; }
}

function select(it, caret) {
  try { if (caret) it.setSelectionRange(...caret); } catch { /* a control without a caret */ }
}
