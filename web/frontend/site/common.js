/* What every page gets. Nothing here is essential: each page does its job with no script. */
import { desk } from './desk.js';
import { forms } from './forms.js';
import { keys } from './keys.js';
import { news } from './news.js';
import { unsaved } from './unsaved.js';
import { widgets } from './widgets.js';

export function common() {
  document.documentElement.classList.add('js');
  // A menu made of <details> closes when the person goes on elsewhere.
  document.addEventListener('click', (event) => {
    document.querySelectorAll('details.mc-menu[open], details.mc-person[open]').forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  const here = document.querySelector('.mc-views [aria-current]'); // on a phone the views stand in one line
  if (here) here.closest('.mc-views').scrollLeft = here.offsetLeft - 16;
  forms();
  keys();
  desk();
  news();
  widgets();
  unsaved();
}
