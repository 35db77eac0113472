/* The form page of designers: the form-js editor, the form as our pages show it beside, saving by itself.
   The page says all in data attributes (web/templates/designer/draft_form.html) and does its job without this script.
   The licence of form-js asks that its logo stays visible: nothing here may hide or cover it. */
import { FormEditor } from '@bpmn-io/form-js-editor';
import { motcuaProperties } from './editor/properties.js';
import { Preview } from './editor/preview.js';
import { Saving } from './editor/saving.js';

const NARROW = matchMedia('(max-width: 899.98px)'); // no room for the editor: its JSON then
const root = document.querySelector('[data-form-page]');
const words = JSON.parse(root.dataset.words);
const find = (selector) => root.querySelector(selector);
const source = find('#source');
const sample = find('#sample');
const box = find('[data-editor]');
const form = find('[data-source-form]');

let editor = null;
let isDrawn = false; // the editor is what is edited, else the JSON

const schemaText = () => (isDrawn ? `${JSON.stringify(editor.saveSchema(), null, 2)}\n` : source.value);
const now = () => ({ source: schemaText(), sample: sample.value });

const saving = new Saving(root, words, now);
const preview = new Preview(root, words, now, select);

function changed({ keeps = true } = {}) {
  saving.changed();
  preview.changed({ keeps });
}

/** Select a component in the editor. */
function select(id) {
  const field = isDrawn && editor.get('formFieldRegistry').get(id);
  if (!field) return;
  editor.get('selection').set(field);
  box.querySelector(`.fjs-children [data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'center' });
}

function undoable() {
  const stack = editor.get('commandStack');
  find('[data-act=undo]').disabled = !isDrawn || !stack.canUndo();
  find('[data-act=redo]').disabled = !isDrawn || !stack.canRedo();
}

/** Name the parts of the editor for who does not see them, in the page's language. */
function speak() {
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', words.editorName);
  const panel = box.querySelector('.fjs-properties-panel');
  panel?.setAttribute('role', 'region');
  panel?.setAttribute('aria-label', words.panelName);
}

function made() {
  const one = new FormEditor({
    container: box,
    additionalModules: [motcuaProperties(root.dataset.language, words.group)],
  });
  one.on('commandStack.changed', () => { undoable(); if (isDrawn) changed(); });
  one.on('rendered', speak);
  return one;
}

/** Draw what stands in the JSON; where that cannot be, the JSON stays. */
async function draw() {
  try {
    const schema = JSON.parse(source.value);
    if (!Array.isArray(schema?.components)) throw new Error('components');
    box.hidden = false; // before it is made: it measures itself
    editor ??= made();
    await editor.importSchema(schema);
    isDrawn = true;
  } catch (error) {
    isDrawn = false;
    saving.say(words.broken.replace('{why}', String(error.message ?? error).slice(0, 200)), true);
  }
  sides();
}

function sides() {
  box.hidden = !isDrawn;
  form.hidden = isDrawn;
  find('[data-act=json]').setAttribute('aria-pressed', String(!isDrawn));
  if (editor) undoable();
}

function toJson() {
  source.value = schemaText();
  isDrawn = false;
  sides();
  source.focus();
}

const acts = {
  undo: () => editor.get('commandStack').undo(),
  redo: () => editor.get('commandStack').redo(),
  json: () => (isDrawn ? toJson() : draw()),
  save: () => saving.save(),
  validate: () => preview.toggleJudging(),
  'take-answers': async () => { sample.value = await preview.answers(); changed({ keeps: false }); },
};

function keys(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === 's') { event.preventDefault(); acts.save(); return; }
  const typing = event.target.closest?.('input, textarea, select, [contenteditable=true]');
  const here = box.contains(event.target) || event.target === document.body; // after an undo the focus is nowhere
  if (!isDrawn || typing || !here) return; // a field takes back its own letters
  if (key === 'z' && !event.shiftKey) { event.preventDefault(); acts.undo(); }
  if (key === 'y' || (key === 'z' && event.shiftKey)) { event.preventDefault(); acts.redo(); }
}

for (const part of root.querySelectorAll('[data-tools], [data-preview-tools], [data-sample-tools]')) part.hidden = false;
find('[data-plain-tools]').hidden = true;
root.classList.add('mc-formpage-live');
root.addEventListener('click', (event) => acts[event.target.closest('[data-act]')?.dataset.act]?.());
source.addEventListener('input', () => changed());
sample.addEventListener('input', () => changed({ keeps: false }));
form.addEventListener('submit', (event) => { event.preventDefault(); saving.overwrite(); });
document.addEventListener('keydown', keys, true);
NARROW.addEventListener('change', () => { if (NARROW.matches && isDrawn) toJson(); });
if (NARROW.matches) sides(); else await draw();
root.dataset.ready = isDrawn ? 'editor' : 'json';
