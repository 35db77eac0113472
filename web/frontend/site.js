/* Loaded by every page. Nothing here is essential: each page does its job with no script. */
import 'htmx.org';
import { desk } from './site/desk.js';
import { drafts } from './site/drafts.js';
import { forms } from './site/forms.js';
import { keys } from './site/keys.js';
import { live } from './site/live.js';
import { news } from './site/news.js';
import { presences } from './site/presence.js';
import { uploads } from './site/uploads.js';
import { widgets } from './site/widgets.js';

document.documentElement.classList.add('js');

const token = document.querySelector('meta[name="csrf-token"]')?.content;
document.addEventListener('htmx:config:request', (event) => {
  if (token) event.detail.ctx.request.headers['X-CSRFToken'] = token;
});

// A menu made of <details> closes when the person goes on elsewhere.
document.addEventListener('click', (event) => {
  document.querySelectorAll('details.mc-menu[open], details.mc-person[open]').forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

live();
forms();
drafts();
keys();
desk();
news();
presences();
uploads();
widgets();
