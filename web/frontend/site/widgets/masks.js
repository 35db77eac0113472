/* Gentle formats: once the field is left, thousands or groups of digits stand apart, for checking against the paper. In the field
   itself, and in what is posted, stands what was typed. data-mask: `number`, or groups of digits (`4 3 3|3 4 4`, `10-3`). */
import { grouped } from './numbers.js';

const shown = new WeakMap(); // input -> what it shows and what was typed
const made = new Map(); // what was shown anywhere -> what was typed: rows that move up bring it into another input

/** Set digits apart by the groups that take exactly so many; anything else stays. */
export function apart(text, masks) {
  const digits = text.trim();
  if (!/^\d+$/.test(digits)) return text;
  for (const mask of masks.split('|')) {
    const sizes = mask.match(/\d+/g).map(Number);
    if (sizes.reduce((a, b) => a + b) !== digits.length) continue;
    let at = 0;
    return mask.replace(/\d+/g, (size) => digits.slice(at, (at += Number(size))));
  }
  return text;
}

function show(input, isTyped = false) {
  if (document.activeElement === input) return;
  const held = shown.get(input);
  const typed = held?.value === input.value ? held.typed : !isTyped && made.get(input.value) || input.value;
  const { mask } = input.dataset;
  const value = mask === 'number' ? grouped(typed, input.inputMode === 'numeric') : apart(typed, mask);
  shown.set(input, { value, typed });
  if (value !== typed) made.set(value, typed);
  if (input.value !== value) input.value = value;
}

/** Put back what was typed, all of it chosen where it was. */
function bare(input) {
  const held = shown.get(input);
  if (!held || input.value !== held.value || held.value === held.typed) return;
  const isAll = input.selectionStart === 0 && input.selectionEnd === input.value.length;
  input.value = held.typed;
  if (isAll) input.select();
}

/** What stands in a field as it was typed. */
export function plain(input) {
  const held = shown.get(input);
  return held && held.value === input.value ? held.typed : input.value;
}

const known = new WeakSet();

export function masked(input) {
  show(input);
  if (known.has(input)) return;
  known.add(input);
  input.addEventListener('focus', () => bare(input));
  for (const kind of ['blur', 'change']) input.addEventListener(kind, () => show(input, true));
}

document.addEventListener('formdata', ({ target, formData }) => {
  for (const input of target.querySelectorAll('input[data-mask]')) {
    if (formData.has(input.name)) formData.set(input.name, plain(input));
  }
});
window.addEventListener('pageshow', () => document.querySelectorAll('input[data-mask]').forEach((input) => show(input)));
