/** Call `act` for every element of `selector` now on the page and for those that htmx brings in later. */
export function each(selector, act) {
  const over = (root) => {
    if (root.matches?.(selector)) act(root);
    root.querySelectorAll?.(selector).forEach(act);
  };
  over(document);
  document.addEventListener('htmx:after:swap', () => over(document));
}

/** Call `act` once for every element of `selector`, those that come later too. */
export function once(selector, act) {
  const known = new WeakSet();
  each(selector, (it) => { if (!known.has(it)) { known.add(it); act(it); } });
}

/** Say whether the person is typing, so that a single letter is a letter. */
export function typing(event) {
  const on = event.target;
  return on.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName) && !/^(checkbox|radio|button|submit)$/.test(on.type);
}

/** Say `words` to a screen reader, politely. */
export function announce(words) {
  let live = document.getElementById('mc-live');
  if (!live) {
    live = Object.assign(document.createElement('p'), { id: 'mc-live', className: 'visually-hidden' });
    live.setAttribute('role', 'status');
    document.body.append(live);
  }
  live.textContent = words;
}

/** Bring a row of a list into sight; the list beside a task scrolls by itself, the page of the task stays where it is. */
export function reveal(row) {
  const list = row.closest('.mc-queue [data-rows]');
  if (!list) { row.scrollIntoView({ block: 'nearest' }); return; }
  const [it, whole] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollTop += Math.min(0, it.top - whole.top) + Math.max(0, it.bottom - whole.bottom);
}
