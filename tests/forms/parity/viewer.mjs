/* form-js itself, in jsdom, as a process: each line of stdin is {"schema", "variables", "answers"}, each line of stdout
   what its viewer makes of them: {"visible": [path], "errors": {path: [message]}, "data", "readonly": [path]} or {"crash"}, after which it ends.

   The variables are the data that the form is opened with. The answers are put where a person's input would be: what
   its components send (`onChange`) is what stands in the form's state. Then the form is left to itself until nothing
   changes any more (each round is one more change by a person: an expression field computes once for each), and
   submitted. Time is Vietnam's (TZ is set by viewer.py). */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../../package.json', import.meta.url));
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<!doctype html><body></body>');
Object.assign(globalThis, { window, document: window.document });
for (const name of ['Node', 'Element', 'HTMLElement', 'SVGElement', 'Event', 'KeyboardEvent', 'MouseEvent', 'CustomEvent',
  'DocumentFragment', 'NodeFilter', 'DOMParser', 'File', 'FileList', 'MutationObserver', 'HTMLCollection', 'NodeList',
  'getComputedStyle']) {
  globalThis[name] = window[name];
}
globalThis.navigator ??= window.navigator;
/* jsdom has no DataTransfer; the file picker shows its files through one. */
globalThis.DataTransfer = class { items = { add() {} }; get files() { return null; } };
Object.defineProperty(window.HTMLInputElement.prototype, 'files', { get: () => null, set() {} });

const path = require.resolve('@bpmn-io/form-js-viewer');
const { Form } = require(path);
const { act } = createRequire(path)('preact/test-utils');
const { set, get } = await import(createRequire(path).resolve('min-dash')).catch(() => createRequire(path)('min-dash'));

const MOST_ROUNDS = 12;
const clone = (value) => JSON.parse(JSON.stringify(value));
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

function play({ schema, variables, answers }) {
  const form = new Form({ container: document.createElement('div'), debounce: false });
  const problems = [];
  form.on('error', ({ error }) => problems.push(String(error)));
  try {
    let opened;
    act(() => { opened = form.importSchema(schema, variables); });
    opened.catch(() => {});
    if (!form._getState().schema) throw new Error('the schema was not taken');
    const data = clone(form._getState().data);
    const registry = form.get('formFieldRegistry');
    answer(form, registry.getForm(), answers, data, {});
    act(() => form._setState({ data }));
    settle(form);
    const instances = form.get('formFieldInstanceRegistry').getAllKeyed();
    let result;
    act(() => { result = form.submit(); });
    const errors = {};
    for (const { id, indexes, valuePath } of instances) {
      const found = get(result.errors, [id, ...Object.values(indexes ?? {})]);
      if (Array.isArray(found)) errors[valuePath.join('.')] = found;
    }
    return { visible: instances.map((it) => it.valuePath.join('.')), errors, data: result.data };
  } catch (error) {
    return { crash: String(error?.stack ?? error).slice(0, 600), problems };
  } finally {
    try { act(() => form.destroy()); } catch { /* what crashed once may crash again */ }
  }
}

/** Puts answers into `data`; a row that the answers have beyond the first ones is added as the button adds it. */
function answer(form, field, answers, data, indexes) {
  const paths = form.get('pathRegistry'), { config } = form.get('formFields').get(field.type);
  if (config.keyed) {
    const sent = get(answers, paths.getValuePath(field, { indexes }), undefined);
    if (sent !== undefined) set(data, paths.getValuePath(field, { indexes }), typed(form, field, sent, indexes));
    return;
  }
  const components = field.components ?? [];
  if (!config.repeatable || !field.isRepeating) {
    components.forEach((child) => answer(form, child, answers, data, indexes));
    return;
  }
  const place = paths.getValuePath(field, { indexes });
  const sent = get(answers, place, undefined);
  if (!Array.isArray(sent)) return;
  const rows = get(data, place).slice(0, sent.length);
  set(data, place, rows);
  while (rows.length < sent.length) {
    const added = form._getInitializedFieldData(data, { container: field, indexes: { ...indexes, [field.id]: rows.length } });
    rows.push(added);
  }
  rows.forEach((_, index) => components.forEach((child) => answer(form, child, answers, data, { ...indexes, [field.id]: index })));
}

/** What the component of a field sends when a person gives this answer. */
function typed(form, field, sent, indexes) {
  if (field.type === 'number') return form.get('formFields').get('number').config.sanitizeValue({ value: sent, formField: field });
  if (field.type === 'filepicker') {
    if (!sent.length) return null;
    const key = ['files::', field.id, ...Object.values(indexes), ...sent].join('_');  // two fields never share files
    form.get('fileRegistry').setFiles(key, sent.map((name) => new window.File(['x'], name)));
    return key;
  }
  return sent;
}

function settle(form) {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = JSON.stringify(form._getState().data);
    act(() => {
      form.get('eventBus').fire('field.updated', {});
      form._setState({ data: clone(form._getState().data) });
    });
    if (JSON.stringify(form._getState().data) === before) return;
  }
  throw new Error('the form never comes to rest');
}

console.error = console.warn = () => {};
for await (const line of createInterface({ input: process.stdin })) {
  const found = play(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(found)}\n`);
  if (found.crash) break;  // what crashed may have left the renderer half done: the next pair gets a new process
}
