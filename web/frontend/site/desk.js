/* List and task side by side (wide screens): a task opens in place, the list stays as it is, and going back finds it as it
   was left: filters, boxes, scroll. The addresses are those of the pages without script, so that each can be loaded anew.

   mc:leave  is sent before the task on the page goes: what is typed is saved
   mc:moved  is sent when another task or the list has come
   htmx:after:swap  as everywhere: scripts look at what is new */
import { announce, reveal } from './dom.js';

const WIDE = window.matchMedia('(min-width: 75rem)');
const TASK = /^\/tasks\/[^/]+$/;
const FORMS = /^(\/tasks\/[^/]+\/(submit|claim|unclaim)|\/inbox\/next)$/;
const asked = (url) => new URL(url, location.href).searchParams.toString();
const PART = { headers: { 'X-Part': 'task' } };

const shell = () => document.querySelector('.mc-shell');
const queue = () => shell()?.querySelector('.mc-queue');
const path = (url) => new URL(url, location.href).pathname;
const idOf = (url) => path(url).split('/')[2];

let list = null; // the inbox as it was left
let last = location.href; // the address whose page is shown
const done = new Set(); // tasks that were completed since
let number = 0; // of the latest request: an earlier one that comes late is dropped

/** Whether this page is a list with tasks, or a task beside its list. */
const isDesk = () => WIDE.matches && (queue() ? TASK.test(path(last)) : path(last) === '/inbox' && shell()?.querySelector('[data-rows]'));

const swapped = (root) => root.dispatchEvent(new CustomEvent('htmx:after:swap', { bubbles: true }));

/** Let scripts look at the task that has come; an inbox has fetched them by then. */
async function arrived(focus) {
  document.querySelectorAll('.mc-shell form[data-sent]').forEach((form) => { delete form.dataset.sent; });
  const root = shell();
  if (focus) {
    const { process, work } = await import('./work.js');
    work();
    process(root);
  }
  swapped(root);
  document.dispatchEvent(new Event('mc:moved'));
  if (!focus) return;
  focus.tabIndex = -1;
  focus.focus({ preventScroll: true });
}

function mark(url) {
  const id = idOf(url);
  for (const link of queue()?.querySelectorAll('[data-rows] a[href]') ?? []) {
    const isHere = idOf(link.href) === id;
    if (isHere) { link.setAttribute('aria-current', 'page'); reveal(link); } else link.removeAttribute('aria-current');
    link.closest('li')?.classList.remove('mc-here');
  }
}

/** Take rows away that were completed here. */
function sweep() {
  for (const row of document.querySelectorAll('[data-rows] > [data-task]')) if (done.has(row.dataset.task)) row.remove();
}

const titleOf = (page) => page.querySelector('title')?.textContent ?? document.title;

/** Show the task of `page` in place of the one that is shown; the list stays. */
async function put(page, url, push) {
  const main = page.getElementById('main');
  const before = document.getElementById('main');
  const aside = page.querySelector('.mc-side');
  shell().querySelector('.mc-side')?.remove();
  before.replaceWith(main);
  if (aside) main.after(aside);
  shell().classList.toggle('mc-desk-no-side', !aside);
  came(page, url, push);
  await arrived(main.querySelector('.mc-errorsum') ?? main.querySelector('h1'));
}

/** Show a whole task page, list and all, where the inbox was: that is kept for the way back. */
async function enter(page, url, push) {
  if (!queue()) list = { nodes: [...shell().children], classes: shell().className, url: last, title: document.title, scroll: window.scrollY, foot: foot()?.innerHTML };
  const fresh = page.querySelector('.mc-shell');
  shell().className = fresh.className;
  shell().replaceChildren(...fresh.children);
  if (foot() && page.querySelector('.mc-staff-foot')) foot().innerHTML = page.querySelector('.mc-staff-foot').innerHTML; // our own page's
  came(page, url, push);
  await arrived(document.querySelector('#main h1'));
}

const foot = () => document.querySelector('.mc-staff-foot');

function came(page, url, push) {
  const finished = new URL(url, location.href).searchParams.get('done');
  if (finished) done.add(finished);
  if (push && url !== location.href) history.pushState({ desk: true }, '', url);
  last = url;
  document.title = titleOf(page);
  sweep();
  mark(url);
  window.scrollTo(0, 0);
}

/** Show the inbox again as it was left. */
function back(push) {
  if (!list) return false;
  document.dispatchEvent(new Event('mc:leave'));
  const { nodes, classes, url, title, scroll } = list;
  const opened = idOf(last);
  shell().className = classes;
  shell().replaceChildren(...nodes);
  if (list.foot) foot().innerHTML = list.foot;
  document.title = title;
  if (push) history.pushState({ desk: true }, '', url);
  last = url;
  list = null;
  sweep();
  window.scrollTo(0, scroll);
  const row = [...document.querySelectorAll('[data-rows] > [data-task]')].find((it) => it.dataset.task === opened);
  document.querySelectorAll('[data-rows] > .mc-here').forEach((it) => it.classList.remove('mc-here'));
  row?.classList.add('mc-here');
  row?.querySelector('a[href]')?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
  arrived(null);
  return true;
}

const parse = (text) => new DOMParser().parseFromString(text, 'text/html');

/** Whether a page is allowed what this one may not be, documents or frames in it (web/frames.py): it is loaded whole. */
const isAllowedMore = (answer) => /object-src 'self'|frame-src/.test(answer.headers.get('Content-Security-Policy') ?? '');

/** Open a task in place; where that is not possible, as a page. */
async function open(url, push = true) {
  const mine = ++number;
  const isBeside = Boolean(queue());
  shell().setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url, isBeside ? PART : {});
    const page = parse(await answer.text());
    if (mine !== number) return;
    const isTask = answer.ok && TASK.test(path(answer.url)) && page.getElementById('main');
    if (!isTask || isAllowedMore(answer) || (!isBeside && !page.querySelector('.mc-queue'))) { location.assign(url); return; }
    document.dispatchEvent(new Event('mc:leave'));
    await (isBeside ? put : enter)(page, answer.url, push);
  } catch { if (mine === number) location.assign(url); } finally { shell()?.removeAttribute('aria-busy'); }
}

/** Send a form of the task and show what the server answers, the next task perhaps, in place. */
async function send(form, button) {
  const mine = ++number;
  const url = button?.getAttribute('formaction') || form.getAttribute('action');
  shell().setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url, { method: 'POST', body: new FormData(form, button), ...PART });
    const text = await answer.text();
    if (mine !== number) return;
    if (answer.redirected && (!TASK.test(path(answer.url)) || isAllowedMore(answer))) { location.assign(answer.url); return; }
    const page = parse(text);
    if (!page.getElementById('main') || page.querySelector('.mc-shell, .mc-masthead, .mc-appbar')) { whole(text); return; }
    const next = answer.redirected ? answer.url : last;
    const isListed = [...queue().querySelectorAll('[data-task]')].some((row) => row.dataset.task === idOf(next));
    await put(page, next, answer.redirected);
    if (!isListed) renew();
  } catch {
    delete form.dataset.sent;
    announce(shell().dataset.offline);
    form.querySelector('[data-draft-status]')?.replaceChildren(shell().dataset.offline);
  } finally { shell()?.removeAttribute('aria-busy'); }
}

/** The list beside the task is another one now: fetch it. */
async function renew() {
  const answer = await fetch(last);
  const fresh = parse(await answer.text()).querySelector('.mc-queue');
  if (fresh && queue()) { queue().replaceChildren(...fresh.children); sweep(); mark(last); swapped(queue()); }
}

/** An answer that is no part of this page, as an error is: the page becomes it. */
function whole(text) {
  document.open();
  document.write(text);
  document.close();
}

function clicked(event) {
  const link = event.target.closest?.('a[href]');
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !link || link.target || link.download || !isDesk()) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !shell().contains(link)) return;
  if (url.pathname === '/inbox' && queue() && list && asked(list.url) === asked(url)) { event.preventDefault(); back(true); return; }
  const isDrawn = url.searchParams.get('tab') === 'diagram' || document.querySelector('link[href*="viewer-"]');
  if (!TASK.test(url.pathname) || url.hash || isDrawn) return; // a drawing is allowed what other pages are not
  event.preventDefault();
  open(url.href);
}

function submitted(event) {
  const form = event.target;
  if (event.defaultPrevented || !isDesk() || !queue() || form.method !== 'post' || !shell().contains(form)) return;
  const action = event.submitter?.getAttribute('formaction') || form.getAttribute('action') || '';
  if (!FORMS.test(path(action))) return;
  event.preventDefault();
  send(form, event.submitter);
}

export function desk() {
  if (!shell() || !(path(last) === '/inbox' || TASK.test(path(last)))) return;
  document.addEventListener('click', clicked);
  window.addEventListener('submit', submitted);
  window.addEventListener('popstate', () => {
    if (location.href === last || location.hash) return;
    if (queue() && list && location.href === list.url) back(false);
    else if (isDesk() && TASK.test(location.pathname)) open(location.href, false);
    else location.reload();
  });
  mark(last);
}
