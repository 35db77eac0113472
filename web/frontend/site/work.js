/* What pages with forms get beside the rest: htmx, live questions, drafts, presence, uploads. An inbox fetches it with the first task
   that opens in place. */
import htmx from 'htmx.org';
import { drafts } from './drafts.js';
import { live } from './live.js';
import { presences } from './presence.js';
import { uploads } from './uploads.js';

let isOn = false;

export function work() {
  if (isOn) return;
  isOn = true;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  document.addEventListener('htmx:config:request', (event) => {
    if (token) event.detail.ctx.request.headers['X-CSRFToken'] = token;
  });
  live();
  drafts();
  presences();
  uploads();
}

/** Let htmx look at what a script has put into the page. */
export const process = (root) => htmx.process(root);
