/* A diagram to look at. The page says all in data attributes (see web/templates/macros/diagram.html):
   data-diagram   address of the XML            data-current, data-done, data-failed, data-new, data-next   element ids, comma-separated
   data-times     JSON: element id -> how long it took, in words
   data-words     JSON: names of the tools and of the marks, in the page's language
   The licence of bpmn-js asks that its logo stays visible: nothing here may hide or cover it. */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const MARKS = { next: 'mc-next', done: 'mc-done', current: 'mc-now', failed: 'mc-bad', new: 'mc-new' };
const SMALLEST = 0.45; // below it nobody can read a step's name
const TALLEST = 0.75; // of the window

const ids = (text) => (text || '').split(',').map((id) => id.trim()).filter(Boolean);

function mark(viewer, box, words) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const said = new Map();
  for (const [name, style] of Object.entries(MARKS)) {
    for (const id of ids(box.dataset[name])) {
      if (!registry.get(id)) continue;
      canvas.addMarker(id, style);
      said.set(id, words[name]);
    }
  }
  for (const id of [...ids(box.dataset.current), ...ids(box.dataset.failed)]) {
    if (!registry.get(id)) continue;
    const flag = document.createElement('span');
    flag.className = `mc-diagram-flag${ids(box.dataset.failed).includes(id) ? ' mc-diagram-flag-bad' : ''}`;
    flag.textContent = said.get(id);
    viewer.get('overlays').add(id, { position: { top: -19, left: 0 }, html: flag });
  }
  for (const [id, words] of Object.entries(JSON.parse(box.dataset.times || '{}'))) {
    if (!registry.get(id) || registry.get(id).width < 60) continue; // an event has no room below its name
    const time = Object.assign(document.createElement('span'), { className: 'mc-diagram-time', textContent: words });
    viewer.get('overlays').add(id, { position: { bottom: 9, left: 4 }, html: time });
  }
  return said;
}

/** Let each step be reached with Tab and say its name and state. */
function speak(viewer, said, times, took) {
  viewer.get('elementRegistry').forEach((element, shape) => {
    const what = element.businessObject;
    if (element.labelTarget || element.waypoints || !what?.name || !/Task|CallActivity|SubProcess|Event$/.test(what.$type)) return;
    shape.setAttribute('tabindex', '0');
    shape.setAttribute('role', 'img');
    shape.setAttribute('aria-label', [what.name, said.get(element.id), times[element.id] && `${took} ${times[element.id]}`].filter(Boolean).join('. '));
    shape.addEventListener('focus', () => viewer.get('canvas').scrollToElement(element, 40));
  });
}

/** Give the box the height that its drawing needs at full width, within reason. */
function makeRoom(viewer, box) {
  const { width, height } = viewer.get('canvas').viewbox().inner;
  const needed = height * Math.min(1, box.clientWidth / width) + 80;
  box.style.height = `${Math.round(Math.max(260, Math.min(needed, window.innerHeight * TALLEST)))}px`;
  viewer.get('canvas').resized();
}

function fit(viewer) {
  viewer.get('canvas').zoom('fit-viewport', 'auto');
}

/** Begin with all of it, or, where that would be too small to read, with the step where the dossier is. */
function begin(viewer, box) {
  const canvas = viewer.get('canvas');
  makeRoom(viewer, box);
  fit(viewer);
  if (canvas.zoom() >= SMALLEST) return;
  canvas.zoom(SMALLEST);
  const here = ids(box.dataset.current).find((id) => viewer.get('elementRegistry').get(id));
  if (here) canvas.scrollToElement(here, 80);
}

function tools(viewer, box, words) {
  const zoom = viewer.get('zoomScroll');
  const bar = document.createElement('div');
  bar.className = 'mc-diagram-tools mc-noprint';
  const acts = [['zoom-in', words.zoomIn, () => zoom.stepZoom(1)], ['zoom-out', words.zoomOut, () => zoom.stepZoom(-1)], ['fullscreen', words.fit, () => fit(viewer)]];
  for (const [icon, name, act] of acts) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-plain btn-sm';
    button.title = name;
    button.setAttribute('aria-label', name);
    button.append(Object.assign(document.createElement('i'), { className: `bi bi-${icon}`, ariaHidden: 'true' }));
    button.addEventListener('click', act);
    bar.append(button);
  }
  box.append(bar);
  box.addEventListener('keydown', (event) => {
    const act = { '+': 0, '=': 0, '-': 1, 0: 2 }[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    acts[act][2]();
    const step = document.activeElement.closest?.('[data-element-id]')?.dataset.elementId;
    if (step && act < 2) viewer.get('canvas').scrollToElement(step, 40); // what is looked at stays in sight
  });
}

async function show(box) {
  const words = JSON.parse(box.dataset.words || '{}');
  try {
    const answer = await fetch(box.dataset.diagram, { headers: { Accept: 'application/xml' } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const viewer = new NavigatedViewer({ container: box, zoomScroll: { enabled: false } }); // the wheel belongs to the page
    await viewer.importXML(await answer.text());
    const said = mark(viewer, box, words);
    speak(viewer, said, JSON.parse(box.dataset.times || '{}'), words.took);
    tools(viewer, box, words);
    begin(viewer, box);
    box.dataset.ready = 'yes';
  } catch (error) {
    box.dataset.ready = 'no';
    box.style.height = 'auto'; // also of a file without any drawing: the words must not stand below an empty frame
    box.replaceChildren(Object.assign(document.createElement('p'), { className: 'mc-hint p-3 mb-0', textContent: words.broken || String(error) }));
  }
}

document.querySelectorAll('[data-diagram]').forEach(show);
