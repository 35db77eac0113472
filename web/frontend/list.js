/* The inbox: what it needs at once, so that its first visit is light (tests/web/test_weight.py). */
import { common } from './site/common.js';

common();
