/* A group of our own in the editor's panel: what our renderer reads of a component's `properties` (see docs/howto/design-forms.md).
   The panel's parts are not exported by the editor, so these few inputs are drawn with its markup and its Preact. */
import { h } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { inVietnamese, nameTypes } from './words.js';

const TYPED = ['textfield', 'textarea', 'number', 'datetime'];
const LABELLED = ['textfield', 'textarea', 'number', 'datetime', 'checkbox', 'radio', 'select', 'checklist', 'taglist', 'filepicker', 'expression', 'group', 'dynamiclist', 'table', 'iframe', 'documentPreview', 'button'];
const SHOWN = ['group', 'dynamiclist', 'table', 'iframe', 'documentPreview', 'button'];
const DESCRIBED = LABELLED.filter((type) => !SHOWN.includes(type));
const ADORNED = ['textfield', 'number'];
const PAGE = { vi: 'Trang khi nộp hồ sơ', en: 'Page of the filing' };
const BESIDE_CHECK = ['check', 'Ở trang kiểm tra và gửi', 'Beside the last look'];

/** What may be set: name in `properties`, types it applies to, kind of input, labels. */
export const HOOKS = [
  { name: 'labelEn', types: LABELLED, vi: 'Nhãn tiếng Anh', en: 'Label in English' },
  { name: 'descriptionEn', types: DESCRIBED, vi: 'Mô tả tiếng Anh', en: 'Description in English', long: true },
  { name: 'textEn', types: ['text'], vi: 'Văn bản tiếng Anh', en: 'Text in English', long: true },
  { name: 'contentEn', types: ['html'], vi: 'Nội dung tiếng Anh', en: 'Content in English', long: true },
  { name: 'altEn', types: ['image'], vi: 'Lời thay ảnh bằng tiếng Anh', en: 'Alternative text in English' },
  { name: 'dateLabelEn', types: ['datetime'], vi: 'Nhãn ngày tiếng Anh', en: 'Date label in English' },
  { name: 'timeLabelEn', types: ['datetime'], vi: 'Nhãn giờ tiếng Anh', en: 'Time label in English' },
  { name: 'prefixAdornerEn', types: ADORNED, vi: 'Tiền tố tiếng Anh', en: 'Prefix in English' },
  { name: 'suffixAdornerEn', types: ADORNED, vi: 'Hậu tố tiếng Anh', en: 'Suffix in English' },
  { name: 'patternErrorMessageEn', types: ['textfield'], vi: 'Lời báo sai mẫu bằng tiếng Anh', en: 'Pattern message in English' },
  { name: 'validator', types: ['textfield'], vi: 'Kiểm tra theo loại', en: 'Named check', options: [
    ['person_name', 'Họ và tên', 'Name of a person'], ['vn_phone', 'Số điện thoại Việt Nam', 'Vietnamese telephone number'],
    ['citizen_id', 'Số định danh cá nhân (căn cước)', 'Personal identification number'], ['tax_code', 'Mã số thuế', 'Tax code']] },
  { name: 'thousands', types: ['number'], vi: 'Tách hàng nghìn', en: 'Thousands apart', options: [['yes', 'Có', 'Yes']] },
  { name: 'autocomplete', types: TYPED, vi: 'Trình duyệt tự điền', en: 'Filled in by the browser', options: [
    ['name', 'Họ và tên', 'Full name'], ['email', 'Thư điện tử', 'Email'], ['tel', 'Điện thoại', 'Phone'], ['street-address', 'Địa chỉ', 'Address'],
    ['organization', 'Tên tổ chức', 'Organisation'], ['bday', 'Ngày sinh', 'Date of birth'], ['off', 'Không tự điền', 'Never']] },
  { name: 'inputmode', types: ['textfield', 'textarea'], vi: 'Bàn phím điện thoại', en: 'Keyboard on phones', options: [
    ['numeric', 'Chữ số', 'Digits'], ['decimal', 'Số thập phân', 'Decimal number'], ['tel', 'Điện thoại', 'Phone'], ['email', 'Thư điện tử', 'Email'], ['url', 'Địa chỉ mạng', 'Web address']] },
  { name: 'maxRows', types: ['dynamiclist'], vi: 'Nhiều nhất bao nhiêu mục', en: 'Most rows', number: true },
  { name: 'page', types: ['group', 'dynamiclist'], ...PAGE, options: [['no', 'Chung trang với nhóm trước', 'On the page before'], BESIDE_CHECK] },
  { name: 'page', types: ['checkbox', 'text', 'html'], ...PAGE, options: [BESIDE_CHECK] },
];

const none = { vi: '(không đặt)', en: '(not set)' };

/** One input; what is typed is written after a moment, so that undo takes back words and not letters. */
function Entry({ id, hook, language, field, write }) {
  const stored = String(field.properties?.[hook.name] ?? '');
  const [typed, setTyped] = useState(stored);
  const waiting = useRef(0);
  useEffect(() => setTyped(stored), [stored, field.id]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const store = (value) => {
    clearTimeout(waiting.current);
    if (value.trim() !== stored) write(hook.name, value.trim());
  };
  const onInput = ({ target }) => {
    setTyped(target.value);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(store, 400, target.value);
  };
  const shared = { id: `bio-properties-panel-${id}`, name: id, value: typed, class: 'bio-properties-panel-input' };
  const label = h('label', { for: shared.id, class: 'bio-properties-panel-label' }, hook[language]);
  const known = hook.options?.some(([value]) => value === stored) || !stored;
  const input = hook.options
    ? h('select', { ...shared, onChange: ({ target }) => store(target.value) },
      h('option', { value: '' }, none[language]),
      known ? null : h('option', { value: stored }, stored), // what somebody wrote by hand stays
      hook.options.map(([value, vi, en]) => h('option', { value }, language === 'en' ? en : vi)))
    : h(hook.long ? 'textarea' : 'input', { ...shared, onInput, onBlur: ({ target }) => store(target.value), ...(hook.long ? { rows: 3 } : { type: hook.number ? 'number' : 'text', autocomplete: 'off', ...(hook.number ? { min: 1, max: 500 } : {}) }) });
  const kind = hook.options ? 'select' : hook.long ? 'textarea' : 'textfield';
  return h('div', { class: 'bio-properties-panel-entry', 'data-entry-id': id }, h('div', { class: `bio-properties-panel-${kind}` }, label, input));
}

class MotcuaProperties {
  constructor(propertiesPanel, language, title) {
    Object.assign(this, { language, title });
    propertiesPanel.registerProvider(this, 500);
  }

  getGroups(field, editField) {
    return (groups) => {
      const hooks = field ? HOOKS.filter((hook) => hook.types.includes(field.type)) : [];
      const shown = this.language === 'vi' ? inVietnamese(groups) : groups;
      if (!hooks.length) return shown;
      const write = (name, value) => {
        const properties = { ...field.properties };
        if (value) properties[name] = value; else delete properties[name];
        editField(field, ['properties'], Object.keys(properties).length ? properties : undefined);
      };
      const entries = hooks.map((hook) => ({
        id: `motcua-${hook.name}`, component: Entry, hook, language: this.language, field, write,
        isEdited: (node) => Boolean(node?.value),
      }));
      const general = shown.findIndex((group) => group.id === 'general');
      const opened = shown.map((group, place) => (place === general ? { ...group, shouldOpen: true } : group)); // the label is what one comes for
      return opened.toSpliced(general + 1, 0, { id: 'motcua', label: this.title, entries });
    };
  }
}

/** A module for the editor. */
export function motcuaProperties(language, title) {
  const make = (propertiesPanel, formFields) => {
    if (language === 'vi') nameTypes(formFields);
    return new MotcuaProperties(propertiesPanel, language, title);
  };
  make.$inject = ['propertiesPanel', 'formFields']; // a bundle has no argument names to go by
  return { __init__: ['motcuaProperties'], motcuaProperties: ['factory', make] };
}
