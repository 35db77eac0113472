/* A condition of a saved view: the values that are offered are those of its field, and none where it takes none. */
const WITHOUT = /:(yes|no|empty)$/;

export function condition(row) {
  if (row.dataset.conditionOn) return;
  row.dataset.conditionOn = '1';
  const ask = row.querySelector('select');
  const value = row.querySelector('input');
  const fit = () => {
    value.hidden = WITHOUT.test(ask.value);
    const list = `named-${ask.value.split(':')[0]}`;
    if (document.getElementById(list)) value.setAttribute('list', list);
    else value.removeAttribute('list');
  };
  ask.addEventListener('change', () => { fit(); if (!value.hidden) value.focus(); });
  fit();
}
