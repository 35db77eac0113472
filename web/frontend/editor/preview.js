/* The form as our pages show it, in a frame without scripts: the server makes it anew from what is edited now.
   Its document stays: only its content changes, so that nothing jumps and the history of the window stays short. */
const PAUSE = 400;

/** What somebody typed into the preview, as it would be posted. */
const typed = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name.startsWith('answers.')).map(([name, value]) => [name, String(value)]));

export class Preview {
  constructor(root, words, now, select) {
    Object.assign(this, { root, words, now, select, language: root.dataset.language, judges: false, timer: 0, turn: 0, fresh: '' });
    this.frame = root.querySelector('[data-frame]');
    this.url = this.frame.src;
    this.token = document.querySelector('meta[name="csrf-token"]').content;
    this.frame.addEventListener('load', () => this.come());
    if (this.frame.contentDocument?.readyState === 'complete') this.come();
    root.addEventListener('click', ({ target }) => {
      const button = target.closest('[data-in], [data-width], [data-select]');
      if (button?.dataset.in) this.speak(button);
      if (button?.dataset.width) this.widen(button);
      if (button?.dataset.select) this.select(button.dataset.select);
    });
    this.upgrade();
  }

  get document() { return this.frame.contentDocument; }

  /** The frame holds a page of its own: the first one, or the answer to a button in it. */
  come() {
    const main = this.document?.querySelector('main');
    if (!main) return;
    this.judging(main.dataset.validates === 'yes');
    this.tell(this.document);
    this.remember();
  }

  remember() {
    const form = this.document.querySelector('form');
    this.fresh = form ? typed(form) : '';
  }

  changed({ keeps = true } = {}) {
    this.keeps = keeps && this.keeps !== false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { const kept = this.keeps; this.keeps = true; this.update({ keeps: kept }); }, PAUSE);
  }

  /** What to post: what is edited, and what was typed into the preview, if anything was. */
  asked(keeps) {
    const form = this.document?.querySelector('form');
    const keepsAnswers = keeps && form && (this.judges || typed(form) !== this.fresh);
    const data = keepsAnswers ? new FormData(form) : new FormData();
    const { source, sample } = this.now();
    data.set('source', source);
    data.set('sample', sample);
    data.set('in', this.language);
    if (this.judges) data.set('validate', 'yes');
    return { data, isTyped: Boolean(keepsAnswers) };
  }

  async update({ keeps = true } = {}) {
    const turn = ++this.turn;
    const { data, isTyped } = this.asked(keeps);
    let page;
    try {
      const answer = await fetch(this.url, { method: 'POST', headers: { 'X-CSRFToken': this.token }, body: data });
      if (!answer.ok) throw new Error(String(answer.status));
      page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    } catch {
      this.root.querySelector('[data-findings]').textContent = this.words.previewFailed;
      return null;
    }
    if (turn !== this.turn) return null; // a later one is under way
    const here = this.document;
    here.documentElement.lang = page.documentElement.lang;
    here.querySelector('main').replaceWith(here.adoptNode(page.querySelector('main')));
    this.tell(page);
    if (!isTyped) this.remember();
    return page;
  }

  /** Show the findings that came with a preview. */
  tell(page) {
    const told = page.getElementById('findings');
    if (!told) return;
    this.root.querySelector('[data-findings]').replaceChildren(document.importNode(told.content, true));
    this.root.querySelector('[data-findings-count]').textContent = told.dataset.count;
    this.upgrade();
  }

  /** The name of a component becomes a button that selects it in the editor. */
  upgrade() {
    for (const name of this.root.querySelectorAll('b[data-select]')) {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn btn-link btn-sm p-0 align-baseline', textContent: name.textContent, title: this.words.select });
      button.dataset.select = name.dataset.select;
      name.replaceWith(button);
    }
  }

  speak(button) {
    this.language = button.dataset.in;
    this.press('[data-in]', button);
    this.update();
  }

  widen(button) {
    this.press('[data-width]', button);
    this.root.classList.toggle('mc-formpage-wide', button.dataset.width === 'desktop');
  }

  press(selector, pressed) {
    for (const button of this.root.querySelectorAll(selector)) button.setAttribute('aria-pressed', String(button === pressed));
  }

  judging(on) {
    this.judges = on;
    this.root.querySelector('[data-act=validate]').setAttribute('aria-pressed', String(on));
  }

  /** Show, or no longer show, what a submit would be told. */
  async toggleJudging() {
    this.judging(!this.judges);
    await this.update();
    if (this.judges) this.document.scrollingElement.scrollTop = 0;
  }

  /** Give the answers that stand in the preview as JSON. */
  async answers() {
    const page = await this.update();
    return page?.getElementById('answers').content.textContent ?? '';
  }
}
