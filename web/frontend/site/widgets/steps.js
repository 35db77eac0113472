/* A number goes up and down by its increment: arrow keys, and two buttons for mouse and touch. From between two steps it goes
   to the next one, as in form-js; decimals are exact. */
import Big from 'big.js';
import { announce } from '../dom.js';
import { plain } from './masks.js';
import { read, written } from './numbers.js';

const SETTLED = 400; // milliseconds until a row of steps counts as one change
const known = new WeakSet();

const isWhole = (input) => input.inputMode === 'numeric';

/** The number one step on (`way`: 1 or -1), as a text; nothing where what stands there is no number. */
export function stepped(text, increment, way, whole = false) {
  const number = text.trim() ? read(text, whole) : '0';
  if (!number) return '';
  const from = Big(number);
  const step = Big(increment);
  const beyond = from.mod(step);
  const below = beyond.lt(0) ? from.minus(beyond).minus(step) : from.minus(beyond);
  return (way > 0 ? below.plus(step) : beyond.eq(0) ? from.minus(step) : below).toFixed();
}

function tell(input) {
  const number = read(plain(input), isWhole(input));
  if (number) input.setAttribute('aria-valuenow', Big(number).toFixed()); else input.removeAttribute('aria-valuenow');
  if (number) input.setAttribute('aria-valuetext', input.value.trim()); else input.removeAttribute('aria-valuetext');
}

function watch(input) {
  let timer = 0;
  const settle = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  };
  const step = (way) => {
    const next = stepped(plain(input), input.dataset.increment, way, isWhole(input));
    if (!next) return;
    input.value = written(next);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLED);
  };
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    step(way);
  });
  input.addEventListener('input', () => tell(input));
  input.addEventListener('blur', settle);
  input.addEventListener('motcua:step', ({ detail }) => { step(detail); announce(input.value); });
}

function button(input, way, icon, words) {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-plain mc-step', tabIndex: -1 });
  made.dataset.scriptMade = '';
  made.setAttribute('aria-label', words.replace('{step}', written(input.dataset.increment)));
  made.append(Object.assign(document.createElement('i'), { className: `bi ${icon}`, ariaHidden: 'true' }));
  made.addEventListener('click', () => made.closest('.input-group').querySelector('input[data-increment]')?.dispatchEvent(new CustomEvent('motcua:step', { detail: way })));
  return made;
}

export function steps(input) {
  input.setAttribute('role', 'spinbutton');
  input.dataset.scriptAttrs = 'role aria-valuenow aria-valuetext';
  tell(input);
  const group = input.closest('.input-group');
  if (group && !group.querySelector('.mc-step')) {
    group.append(button(input, -1, 'bi-dash-lg', input.dataset.less), button(input, 1, 'bi-plus-lg', input.dataset.more));
  }
  if (!known.has(input)) { known.add(input); watch(input); }
}
