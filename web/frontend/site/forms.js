/* Small comforts of forms; every form works without them. */
import { announce, once } from './dom.js';

/** A second press while the first is under way would only show an error: let the first one answer. */
function sendOnce(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(() => { delete form.dataset.sent; }, 5000); // a download leaves the page where it is
  });
}

function autosize(area) {
  if (CSS.supports('field-sizing', 'content')) return;
  const fit = () => { area.style.height = 'auto'; area.style.height = `${area.scrollHeight + 2}px`; };
  area.addEventListener('input', fit);
  fit();
}

function copyable(button) {
  if (!navigator.clipboard) { button.hidden = true; return; }
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(button.dataset.copied || '');
    const words = button.querySelector('[data-copy-words]');
    if (words && button.dataset.copied) words.textContent = button.dataset.copied;
  });
}

/** One box at the head of a list ticks all boxes of its table. */
function tickAll(box) {
  const boxes = () => box.closest('table').querySelectorAll('tbody input[type=checkbox]');
  box.addEventListener('change', () => boxes().forEach((it) => { it.checked = box.checked; it.dispatchEvent(new Event('change', { bubbles: true })); }));
}

/** The bar of what is done with ticked rows shows itself once something is ticked, and says how much. */
function bulkBar(form) {
  const count = form.querySelector('[data-bulk-count]');
  const show = () => {
    const ticked = [...form.elements].filter((it) => it.type === 'checkbox' && it.name === 'task' && it.checked).length;
    const all = form.querySelector('[data-bulk-all]');
    form.hidden = !ticked && !all?.checked;
    if (ticked) count.textContent = ticked === 1 ? form.dataset.bulkOne : form.dataset.bulkMany.replace('{count}', ticked);
  };
  document.addEventListener('change', show);
  document.addEventListener('htmx:after:swap', show);
  window.addEventListener('pageshow', show);
  show();
}

export function forms() {
  once('form', sendOnce);
  once('textarea', autosize);
  once('[data-copy]', copyable);
  once('[data-tick-all]', tickAll);
  once('form[data-bulk]', bulkBar);
  document.addEventListener('change', (event) => {
    if (event.target.matches?.('tbody input[type=checkbox]')) event.target.closest('tr').classList.toggle('mc-on', event.target.checked);
    if (event.target.matches?.('[data-send-on-change]')) event.target.form.requestSubmit();
  });
  document.querySelectorAll('[data-print]').forEach((button) => button.addEventListener('click', () => window.print()));
  document.querySelector('.mc-errorsum')?.focus();
  window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => { delete form.dataset.sent; }));
}
