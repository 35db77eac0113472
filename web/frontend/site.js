/* Loaded by every page but the inbox, which has list.js. */
import { common } from './site/common.js';
import { work } from './site/work.js';

work();
common();
