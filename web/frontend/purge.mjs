/* Keeps of Bootstrap and of its icons what our pages use, so that the one style sheet of every page is short: PurgeCSS
   drops the rules whose classes, tags and attributes stand in no template, Python or script file of ours, the variables
   that no rule reads, and the dark theme. tests/web/test_style.py holds the built sheet against the classes our sources
   name, tests/web/test_weight.py measures what a first visit loads. Why so: docs/decisions/0010. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PurgeCSS } from 'purgecss';

/** Where classes are named, and the tags that texts of designers may have (forms/markup.py). */
const SOURCES = ['web/**/*.{html,py,js,mjs}', 'forms/markup.py'];
const NOT_OURS = ['**/static/**', '**/node_modules/**', '**/__pycache__/**'];

/** Give the words of a source, and for each quoted one the icon of that name: `icon("check-lg")` writes `bi-check-lg`. */
function words(text) {
  const quoted = [...text.matchAll(/["'`]([a-z0-9-]+)(?=["'`])/g)].map(([, name]) => `bi-${name}`);
  return [...(text.match(/[a-zA-Z][\w-]*/g) ?? []), ...quoted];
}

/** Classes that are composed: `btn-{{ kind }}`, and the columns of a form's rows and how these stand. */
const COMPOSED = ['btn-primary', /^col-md-\d+$/, /^align-items-(start|center|end)$/];

/** Give what is left of a style sheet. */
export async function purged(css, root) {
  const [{ css: left }] = await new PurgeCSS().purge({
    content: SOURCES.map((glob) => join(root, glob)), skippedContentGlobs: NOT_OURS, css: [{ raw: css }],
    defaultExtractor: words, variables: true, keyframes: true,
    safelist: COMPOSED, blocklist: ['data-bs-theme'],
  });
  return left;
}

/** Give the bytes of a font with the pictures that a style sheet shows; all of it where the subsetter is not there. */
export function subset(font, css, root) {
  const target = join(mkdtempSync(join(tmpdir(), 'icons-')), 'icons.woff2');
  const codes = [...css.matchAll(/content:"\\([0-9a-f]+)"/g)].map(([, code]) => code);
  const python = process.env.MOTCUA_PYTHON || join(root, '.venv', 'bin', 'python');
  try {
    execFileSync(python, ['-m', 'fontTools.subset', font, `--unicodes=${codes.join(',')}`, '--flavor=woff2', '--no-hinting', '--desubroutinize', `--output-file=${target}`], { stdio: 'pipe' });
    return readFileSync(target);
  } catch (problem) {
    console.warn(`the whole font of icons is kept: ${String(problem.stderr || problem).split('\n').at(-2) ?? problem}`);
    return readFileSync(font);
  }
}
