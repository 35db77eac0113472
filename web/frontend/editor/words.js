/* The words of form-js' own panel and palette in Vietnamese. form-js has no translations; its groups, entries and types pass
   through here on their way to the page. What is not named stays in English, as do the few words that are drawn elsewhere. */
import { cloneElement, isValidElement } from 'preact';

export const WORDS = {
  // groups
  General: 'Chung', Validation: 'Kiểm tra', Appearance: 'Trình bày', Layout: 'Bố cục', Condition: 'Điều kiện', Serialization: 'Cách lưu',
  Constraints: 'Ràng buộc', 'Custom properties': 'Thuộc tính riêng', 'Security attributes': 'Quyền của trang nhúng',
  'Options source': 'Nguồn mục chọn', 'Static options': 'Mục chọn cố định', 'Dynamic options': 'Mục chọn từ dữ liệu', 'Options expression': 'Biểu thức mục chọn',
  'Headers source': 'Nguồn tiêu đề cột', 'Header items': 'Các tiêu đề cột',
  // entries
  Label: 'Nhãn', 'Field label': 'Nhãn', 'Field description': 'Mô tả', Key: 'Khoá', Path: 'Đường dẫn dữ liệu', ID: 'Mã', 'Version tag': 'Nhãn phiên bản',
  'Default value': 'Giá trị ban đầu', 'Read only': 'Chỉ đọc', Disabled: 'Không dùng được', Required: 'Bắt buộc', Checked: 'Đã đánh dấu', 'Not checked': 'Chưa đánh dấu',
  'Minimum length': 'Ngắn nhất', 'Maximum length': 'Dài nhất', Minimum: 'Nhỏ nhất', Maximum: 'Lớn nhất', 'Validation pattern': 'Mẫu kiểm tra',
  'Custom regular expression': 'Biểu thức chính quy', 'Custom error message': 'Lời báo lỗi', Custom: 'Tự đặt', Email: 'Thư điện tử', Phone: 'Điện thoại',
  'Decimal digits': 'Số chữ số lẻ', Increment: 'Bước nhảy', 'Output as string': 'Lưu dạng chữ', Prefix: 'Tiền tố', Suffix: 'Hậu tố',
  Subtype: 'Loại con', 'Date label': 'Nhãn ngày', 'Time label': 'Nhãn giờ', 'Time format': 'Cách ghi giờ', 'Time interval': 'Khoảng cách giờ', 'Use 24h': 'Giờ 24',
  'Disallow past dates': 'Không nhận ngày đã qua', Searchable: 'Tìm được trong danh sách', 'Input values key': 'Biến chứa mục chọn',
  Text: 'Văn bản', Content: 'Nội dung', 'Image source': 'Nguồn ảnh', 'Alternative text': 'Lời thay ảnh', Height: 'Chiều cao', URL: 'Địa chỉ',
  'Data source': 'Nguồn dữ liệu', Pagination: 'Chia trang', 'Number of rows per page': 'Số dòng mỗi trang', Column: 'Cột', Columns: 'Số cột',
  'Document reference': 'Tài liệu', 'Max height of preview container': 'Chiều cao tối đa của khung xem', 'Supported file formats': 'Loại tệp nhận', 'Upload multiple files': 'Nhận nhiều tệp',
  'Default number of items': 'Số mục lúc đầu', 'Allow add/delete items': 'Cho thêm và bỏ mục', 'Disable collapse': 'Không gập lại', 'Number of non-collapsing items': 'Số mục không gập',
  'Show outline': 'Có đường viền', 'Vertical alignment': 'Canh dọc', Top: 'Trên', Center: 'Giữa', Bottom: 'Dưới', Auto: 'Tự động',
  Expression: 'Biểu thức', 'Target value': 'Giá trị cần tính', 'Compute on': 'Tính khi', 'Value changes': 'Giá trị thay đổi', 'Form submission': 'Gửi biểu mẫu',
  Action: 'Việc làm', Submit: 'Gửi', Reset: 'Làm lại', Type: 'Loại', Value: 'Giá trị', '<none>': '(không)',
  // what stands below an entry
  'Binds to a form variable': 'Gắn với một biến của biểu mẫu', 'Define an expression to calculate the value of this field': 'Biểu thức cho giá trị của ô này',
  'Define an expression to populate the options from.': 'Biểu thức cho các mục chọn', 'Define which input property to populate the values from': 'Biến cho các mục chọn',
  'Expression or static value (link/data URI)': 'Biểu thức, địa chỉ hoặc dữ liệu của ảnh', 'Height of the container in pixels.': 'Tính bằng điểm ảnh',
  'Specify an expression to populate column items': 'Biểu thức cho các cột', 'Specify the source from which to populate the table': 'Biểu thức cho các dòng',
  'Where the child variables of this component are pathed to.': 'Nơi chứa các biến bên trong', 'Allows arbitrary precision values': 'Giữ mọi chữ số',
  'Group label': 'Nhãn nhóm', 'Table label': 'Nhãn bảng', Title: 'Tiêu đề', 'Hide if': 'Ẩn khi', 'Deactivate if': 'Ẩn khi', 'Condition under which the field is hidden': 'Điều kiện để ẩn ô này',
  'Condition under which the field is deactivated': 'Điều kiện để ẩn ô này', Static: 'Cố định', 'Input data': 'Từ biến', 'List of items': 'Danh sách mục',
  Date: 'Ngày', Time: 'Giờ', 'Date & Time': 'Ngày và giờ', 'UTC offset': 'Có lệch giờ UTC', 'UTC normalized': 'Theo giờ UTC', 'No timezone': 'Không múi giờ',
  'Script execution': 'Chạy mã', 'Allow same origin': 'Cùng nguồn gốc', 'Open in fullscreen': 'Mở toàn màn hình', Geolocation: 'Vị trí', 'Camera access': 'Máy ảnh',
  'Microphone access': 'Micrô', 'Forms submission': 'Gửi biểu mẫu', 'Open modal windows': 'Mở hộp thoại', 'Open popups': 'Mở cửa sổ mới',
  'Top level navigation': 'Chuyển cả trang', 'Storage access by user': 'Bộ nhớ trình duyệt',
  // types
  'Text field': 'Ô chữ', 'Text area': 'Ô nhiều dòng', Number: 'Số', 'Date time': 'Ngày giờ', Checkbox: 'Ô đánh dấu', 'Checkbox group': 'Nhiều ô đánh dấu',
  'Radio group': 'Chọn một', Select: 'Danh sách', 'Tag list': 'Thẻ', 'Text view': 'Lời văn', 'HTML view': 'HTML', 'Image view': 'Ảnh', Table: 'Bảng', iFrame: 'Trang nhúng',
  'Document preview': 'Xem tài liệu', Separator: 'Đường ngăn', Spacer: 'Khoảng trống', Group: 'Nhóm', 'Dynamic list': 'Danh sách mục', 'File picker': 'Chọn tệp', Button: 'Nút',
};

const say = (text) => (Object.hasOwn(WORDS, text) ? WORDS[text] : text);
const isOurs = (option) => typeof option?.label === 'string' && (!option.label || say(option.label) !== option.label);

/** What is drawn of an entry with its own words said anew: labels, what stands below, options that are all the editor's own.
    Values are left alone: they are the designer's. */
function told(node) {
  if (Array.isArray(node)) return node.map(told);
  if (!isValidElement(node)) return node;
  const { label, children, options, forId, value } = node.props;
  const props = {};
  if (typeof label === 'string') props.label = say(label);
  if (forId !== undefined && typeof value === 'string') props.value = say(value); // a description
  if (Array.isArray(options) && options.every(isOurs)) props.options = options.map((option) => ({ ...option, label: say(option.label) }));
  if (children !== undefined && typeof children !== 'function') props.children = told(children);
  return cloneElement(node, props);
}

const made = new WeakMap(); // one for each component: Preact tells components apart by identity
function spoken(component) {
  if (typeof component !== 'function') return component;
  if (!made.has(component)) made.set(component, Object.assign((props) => told(component(props)), component));
  return made.get(component);
}

const entry = (one) => ({ ...one, component: spoken(one.component) });
const item = (one) => ({ ...one, label: say(one.label), ...(one.entries ? { entries: one.entries.map(entry) } : {}) });

/** The groups of the panel in Vietnamese; of a list also its items. */
export const inVietnamese = (groups) => groups.filter(Boolean).map((group) => ({
  ...group, label: say(group.label),
  ...(group.entries ? { entries: group.entries.map(entry) } : {}),
  ...(group.items ? { items: group.items.map(item) } : {}),
}));

/** Name the types of components, for the palette and the head of the panel. */
export function nameTypes(formFields) {
  for (const { config } of Object.values(formFields._formFields)) {
    for (const name of ['name', 'label']) if (config[name]) config[name] = say(config[name]);
  }
}
