/* Keeps of Bootstrap and its icons what our pages use, so that the one style sheet of every page is short: rules whose
   classes stand in no template, Python or script file of ours are left out, and so are the pictures of icons that nobody
   names. tests/web/test_weight.py measures what a first visit loads and looks for icons that are missing. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

const KINDS = new Set(['.html', '.py', '.js', '.mjs']);
const FOLDERS = ['web'];

function* files(folder) {
  for (const name of readdirSync(folder)) {
    if (['static', 'node_modules', '__pycache__', 'translations', 'procedures'].includes(name)) continue;
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* files(path);
    else if (KINDS.has(extname(name))) yield path;
  }
}

/** What our sources name: words (classes among them), beginnings of composed ones (`btn-{{ kind }}`), and quoted texts. */
export function named(root) {
  const words = new Set();
  const beginnings = new Set();
  const quoted = new Set();
  for (const folder of FOLDERS.map((name) => join(root, name)).filter(existsSync)) {
    for (const path of files(folder)) {
      const text = readFileSync(path, 'utf8');
      for (const [word] of text.matchAll(/[a-zA-Z][\w-]*/g)) words.add(word);
      for (const [, word] of text.matchAll(/([a-z][\w-]*-)(?:\{\{|\$\{|\{)/g)) beginnings.add(word);
      for (const [, word] of text.matchAll(/["'`](?:bi bi-|bi-)?([a-z0-9-]+)(?=["'`])/g)) quoted.add(word);
      for (const [, word] of text.matchAll(/\bbi-([a-z0-9-]+)/g)) quoted.add(word);
    }
  }
  return { words, beginnings, quoted };
}

/** Split a style sheet into its rules: [head, body or null]; texts in quotes may hold any sign. */
function* rules(css) {
  let start = 0;
  let depth = 0;
  let open = 0;
  for (let i = 0; i < css.length; i += 1) {
    const c = css[i];
    if (c === '"' || c === "'") { while (css[++i] !== c) if (css[i] === '\\') i += 1; }
    else if (c === '{') { if (!depth) open = i; depth += 1; }
    else if (c === '}') { depth -= 1; if (!depth) { yield [css.slice(start, open), css.slice(open + 1, i)]; start = i + 1; } }
    else if (c === ';' && !depth) { yield [css.slice(start, i), null]; start = i + 1; }
  }
}

/** Part selectors at their commas, those in brackets left alone. */
function selectors(head) {
  const found = [];
  let depth = 0;
  let last = 0;
  for (let i = 0; i <= head.length; i += 1) {
    if (head[i] === '(' || head[i] === '[') depth += 1;
    else if (head[i] === ')' || head[i] === ']') depth -= 1;
    else if (i === head.length || (head[i] === ',' && !depth)) { found.push(head.slice(last, i)); last = i + 1; }
  }
  return found;
}

/** Give a style sheet without the rules whose classes nobody names. */
export function lean(css, { words, beginnings }) {
  const isUsed = (name) => words.has(name) || [...beginnings].some((start) => name.startsWith(start) && words.has(name.slice(start.length)));
  const fits = (selector) => {
    if (selector.includes('data-bs-theme=dark')) return false;
    const outside = selector.replace(/:not\([^)]*\)/g, '');
    return [...outside.matchAll(/\.(-?[a-zA-Z_][\w-]*)/g)].every(([, name]) => isUsed(name));
  };
  const over = (text) => {
    let kept = '';
    for (const [head, body] of rules(text.replace(/\/\*[\s\S]*?\*\//g, ''))) {
      const trimmed = head.trim();
      if (body === null) kept += `${trimmed};`;
      else if (/^@(media|supports|layer)/.test(trimmed)) { const inner = over(body); if (inner) kept += `${trimmed}{${inner}}`; }
      else if (trimmed.startsWith('@')) kept += `${trimmed}{${body}}`;
      else { const left = selectors(trimmed).filter(fits); if (left.length) kept += `${left.join(',')}{${body}}`; }
    }
    return kept;
  };
  return withoutUnread(over(css));
}

/** Leave out variables that no rule reads, until there are no more such. */
function withoutUnread(css) {
  let before = '';
  let now = css;
  while (before !== now) {
    before = now;
    const read = new Set([...now.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
    now = now.replace(/(--bs-[\w-]+):[^;{}]*(;|(?=\}))/g, (whole, name) => (read.has(name) ? whole : ''));
  }
  return now.replace(/[^{}]+\{\}/g, '');
}

/** Give the style sheet of the icons that are named, and the code points of their pictures. */
export function iconRules(css, { quoted }) {
  const codes = [];
  const kept = css.replace(/\.bi-([a-z0-9-]+)::before\{content:"\\([0-9a-f]+)"\}/g, (whole, name, code) => {
    if (!quoted.has(name)) return '';
    codes.push(code);
    return whole;
  });
  return { css: kept, codes };
}

/** Give the bytes of a font with these pictures only; all of it where the subsetter is not there. */
export function subset(font, codes, root) {
  const target = join(mkdtempSync(join(tmpdir(), 'icons-')), 'icons.woff2');
  const python = process.env.MOTCUA_PYTHON || join(root, '.venv', 'bin', 'python');
  try {
    execFileSync(python, ['-m', 'fontTools.subset', font, `--unicodes=${codes.join(',')}`, '--flavor=woff2', '--no-hinting', '--desubroutinize', `--output-file=${target}`], { stdio: 'pipe' });
    return readFileSync(target);
  } catch (problem) {
    console.warn(`the whole font of icons is kept: ${String(problem.stderr || problem).split('\n').at(-2) ?? problem}`);
    return readFileSync(font);
  }
}
