/* FEEL for the server: bpmn.io's feelin (the evaluator that form-js uses in the browser) as one function on globalThis,
   run in QuickJS by expressions/feelin.py. Bundled by web/frontend/build.mjs into expressions/feelin.js.

   motcuaFeel(kind, source, context, shape, now) gives JSON: {"value": …} or {"error": "…"}
     kind     "value"; "test": a unary test, its input is the context's "?"; "syntax", "test syntax": only parsed
     context  JSON, where a moment is {"\u0000": "date" or "date time", "value": ISO 8601}; so it is in the result, and
              times and durations are {"\u0000": "text", "value": …}
     shape    what of the context's names decides how a source is read (names with blanks or signs in them)
     now      ISO 8601 with an offset, or "" where the caller gave no moment: then now() and today() fail

   Where it differs from feelin as it is (each for a reason that FEEL's standard gives):
     date(moment)      the day in the moment's own offset; feelin first moves it to UTC, so 06:00 in Hà Nội was yesterday
     date - date       has .days and .hours; feelin's has only milliseconds, so .days was 0
     now(), today()    the moment given, in the office's offset; feelin asks the machine
     no offset         is the office's; feelin takes the machine's, and then finds no moment equal that has one */
import { date, evaluate, parseExpression, parseUnaryTests, unaryTest } from '@bpmn-io/feelin';
import { parser } from '@bpmn-io/lezer-feel';

const MARK = '\u0000';
const MOST_TREES = 1000;
const LONGEST_KEPT = 1000;  // characters of a source whose tree is kept: together they stay far below the memory limit
const MOST_VALUES = 100000;
const OFFICE = 'UTC+7';
const OFFICE_MINUTES = 7 * 60;

/* QuickJS has no Intl, and luxon asks it for its defaults while it loads. Time zones by name stay unknown: null. */
globalThis.Intl ??= {
  DateTimeFormat: function () {
    return {
      resolvedOptions: () => ({ timeZone: 'UTC', locale: 'en', numberingSystem: 'latn' }),
      formatToParts: () => [], format: () => '',
    };
  },
  NumberFormat: function () { return { format: String, resolvedOptions: () => ({}) }; },
};

/* luxon's system zone asks this. */
Date.prototype.getTimezoneOffset = () => -OFFICE_MINUTES;

const someDay = date('2000-01-01');
const DateTime = someDay.constructor;
const inOffice = (moment) => (moment.zone.type === 'system' ? moment.setZone(OFFICE) : moment);
const fromISO = DateTime.fromISO;
DateTime.fromISO = (text, options) => inOffice(fromISO.call(DateTime, text, options));
DateTime.now = () => DateTime.fromISO('2000-01-01T00:00:00');  // feelin sets each field of it; nothing asks the clock
const difference = DateTime.prototype.diff;
DateTime.prototype.diff = function (other, unit, options) {
  return difference.call(this, other, unit ?? ['days', 'hours', 'minutes', 'seconds', 'milliseconds'], options);
};

/* Nine tenths of an evaluation is parsing. A tree depends on the source and on `shape` only, and is immutable: kept. */
const trees = new Map();
const configure = parser.configure;
let shape = '';
parser.configure = function (options) {
  return {
    parse: (source) => {
      const key = `${options.top}\n${shape}\n${source}`;
      let tree = trees.get(key);
      if (!tree) {
        tree = configure.call(this, options).parse(source);
        if (trees.size >= MOST_TREES) trees.delete(trees.keys().next().value);
        if (key.length <= LONGEST_KEPT) trees.set(key, tree);
      }
      return tree;
    },
  };
};

const valid = (moment) => (moment && moment.isValid ? moment : null);
const dayOf = (moment) => valid(date(moment.toISODate()));

function calendarDate(year, month, day, from) {
  if (typeof year === 'number') {
    if (typeof month !== 'number' || typeof day !== 'number') return null;
    const pad = (number, width) => String(number).padStart(width, '0');
    return valid(date(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`));
  }
  const given = from ?? year;
  const moment = typeof given === 'string' ? valid(date(given)) : given;
  return moment?.isLuxonDateTime ? dayOf(moment) : null;
}

function functions(now) {
  const moment = () => {
    if (!now) throw new Error('now() and today() need the present moment, which is not given here');
    return date(now);
  };
  return {
    now: Object.assign(moment, { $args: [] }),
    today: Object.assign(() => dayOf(moment()), { $args: [] }),
    date: Object.assign(calendarDate, { $args: ['year', 'month', 'day', 'from'] }),
  };
}

function revive(_name, value) {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, MARK)) return value;
  return value[MARK] === 'date' ? date(value.value) : date(value.value);
}

/* Give a value as JSON can hold it; what is no data is an error. */
function plain(value, left) {
  if (--left.values < 0) throw new Error('the result is too large');
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error('the result is not a finite number');
    return value;
  }
  if (Array.isArray(value)) return value.map(part => plain(part, left));
  if (value.isLuxonDateTime) return temporal(value);
  if (value.isLuxonDuration) return { [MARK]: 'text', value: span(value) };
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part, left)]));
  }
  throw new Error('the result is a function or a range, which is no data');
}

/* A duration is months or time, never both: feelin's string() turns 59 days into a month and 29 days. */
function span(duration) {
  const sign = duration.valueOf() < 0 ? '-' : '';
  const whole = sign ? duration.negate() : duration;
  if (!whole.years && !whole.months) return sign + whole.shiftTo('days', 'hours', 'minutes', 'seconds').toISO();
  const months = Math.trunc(12 * whole.years + whole.months);
  return `${sign}P${Math.trunc(months / 12)}Y${months % 12}M`;
}

function temporal(moment) {
  if (!moment.isValid) return null;
  if (moment.year === 1900 && moment.month === 1 && moment.day === 1) {  // so feelin marks a time
    return { [MARK]: 'text', value: moment.toISOTime({ suppressMilliseconds: true, includeOffset: false }) };
  }
  const isDay = moment.zone === someDay.zone && moment.toMillis() % 86400000 === 0;
  return { [MARK]: isDay ? 'date' : 'date time', value: isDay ? moment.toISODate() : moment.toISO() };
}

function syntax(tree, source) {
  tree.iterate({
    enter({ type, from }) {
      if (type.isError) throw new Error(`unexpected ${source.slice(from, from + 20) || 'end'} at character ${from + 1}`);
    },
  });
  return null;
}

const KINDS = {
  value: (source, context) => plain(evaluate(source, context).value, { values: MOST_VALUES }),
  test: (source, context) => unaryTest(source, context).value === true,
  syntax: (source, context) => syntax(parseExpression(source, context), source),
  'test syntax': (source, context) => syntax(parseUnaryTests(source, context), source),
};

globalThis.motcuaFeel = (kind, source, context, names, now) => {
  shape = names;
  try {
    const variables = JSON.parse(context, context.includes('"\\u0000"') ? revive : undefined);
    return JSON.stringify({ value: KINDS[kind](source, { ...functions(now), ...variables }) });
  } catch (error) {
    // where no memory is left not even an error can be made; the caller then begins anew
    if (!error || String(error.message).includes('out of memory')) throw error;
    return JSON.stringify({ error: String(error?.message ?? error) });
  }
};
