"""The texts of validation errors, as Django REST framework words them, in the languages a server may speak."""

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "required": "This field is required.",
        "null": "This field may not be null.",
        "blank": "This field may not be blank.",
        "string": "Not a valid string.",
        "length": "Ensure this field has no more than {length} characters.",
        "integer": "A valid integer is required.",
        "boolean": "Must be a valid boolean.",
        "date": "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        "email": "Enter a valid email address.",
        "choice": '"{value}" is not a valid choice.',
        "pk": 'Invalid pk "{value}" - object does not exist.',
        "pk_type": "Incorrect type. Expected pk value, received {type}.",
        "list": 'Expected a list of items but got type "{type}".',
        "empty_list": "This list may not be empty.",
        "exists": "{label} with this {field} already exists.",
        "unique": "This field must be unique.",
        "unique_set": "The fields {fields} must make a unique set.",
        "loop": "An object can not be below itself.",
        "dictionary": "Invalid data. Expected a dictionary, but got {type}.",
        "filter_choice": "Select a valid choice. That choice is not one of the available choices.",
        "filter_number": "Enter a number.",
    },
    "zh": {
        "required": "该字段是必填项。",
        "null": "该字段不能为 null。",
        "blank": "该字段不能为空。",
        "string": "不是有效的字符串。",
        "length": "请确保这个字段不能超过 {length} 个字符。",
        "integer": "请填写合法的整数值。",
        "boolean": "必须是有效的布尔值。",
        "date": "日期格式错误。请从这些格式中选择:YYYY-MM-DD。",
        "email": "请填写合法的邮件地址。",
        "choice": "“{value}” 不是合法选项。",
        "pk": "无效主键 “{value}” - 对象不存在。",
        "pk_type": "类型错误。期望为主键,得到的类型为 {type}。",
        "list": "期望为一个包含物件的列表,得到的类型是“{type}”。",
        "empty_list": "列表不能为空。",
        "exists": "具有 {field} 的 {label} 已存在。",
        "unique": "该字段必须唯一。",
        "unique_set": "字段 {fields} 必须能构成唯一集合。",
        "loop": "对象不能位于自身之下。",
        "dictionary": "无效数据。期待为字典类型,得到的是 {type}。",
        "filter_choice": "选择一个有效的选项。该选择不在可用的选项中。",
        "filter_number": "输入一个数字。",
    },
}


def text(language: str, name: str, **values: object) -> str:
    """The text `name` in a language."""
    return TEXTS[language][name].format(**values)
