/* Comforts of single fields, fetched only where a page has such a field: lists that are searched, tags as chips, steps of
   a number, gentle formats. What the server wrote stays the truth: it holds the value and is what is posted; elements made
   here carry data-script-made and are put right again after each swap. */
import { each } from './dom.js';

export function widgets() {
  each('[data-condition]', async (row) => (await import('./widgets/conditions.js')).condition(row));
  each('select[data-searchable]:not(:disabled)', async (select) => (await import('./widgets/select.js')).searching(select));
  each('.mc-taglist[data-add]', async (fieldset) => (await import('./widgets/tags.js')).tags(fieldset));
  each('input[data-increment]:not([readonly])', async (input) => (await import('./widgets/steps.js')).steps(input));
  each('input[data-mask]', async (input) => (await import('./widgets/masks.js')).masked(input));
}
