/* A number as the page writes it, read as the server reads it (forms/numbers.py); the notation is that of the page's language. */
const english = () => document.documentElement.lang === 'en';
const PLAIN = /^([+-]?)(\d+)(?:[.,](\d+))?$/;
const GROUPED = /^([+-]?)(\d{1,3}(?:([., ])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?$/;

/** Give the number as a program writes it, or nothing where the server would not take it. */
export function read(text, isWhole) {
  const typed = text.trim().replace(/[\u00a0\u202f]/g, ' ').replace('\u2212', '-');
  const grouped = GROUPED.exec(typed);
  if (grouped && grouped[3] !== grouped[4]) {
    const isOpen = !grouped[4] && grouped[3] !== ' ' && grouped[2].match(/\D/g).length === 1; // might be decimals
    if (!isOpen) return `${grouped[1]}${grouped[2].replace(/\D/g, '')}.${grouped[5] || 0}`;
    if (!grouped[2].startsWith('0')) return isWhole ? grouped[1] + grouped[2].replace(/\D/g, '') : '';
  }
  const plain = PLAIN.exec(typed);
  return plain ? `${plain[1]}${plain[2]}.${plain[3] || 0}` : '';
}

/** Write a number for typing on: never three decimals alone, which could be read as grouping. */
export function written(number) {
  const [whole, decimals = ''] = number.split('.');
  if (!decimals) return whole;
  const digits = whole.replace('-', '');
  const clear = decimals.length === 3 && digits.length <= 3 && digits !== '0' ? `${decimals}0` : decimals;
  return whole + (english() ? '.' : ',') + clear;
}

/** Write a number with its thousands apart, for reading. */
export function grouped(text, isWhole) {
  const number = read(text, isWhole);
  const found = /^([+-]?)(\d+)(?:[.,](\d+))?$/.exec(text.trim());
  if (!number || !found) return text;
  const whole = found[2].replace(/\B(?=(\d{3})+$)/g, english() ? ',' : '.');
  return found[1] + whole + (found[3] ? (english() ? '.' : ',') + found[3] : '');
}
