"""The failures of CVSecurity: their codes and messages (manual, Appendix 3.1), and those that real servers were seen to
answer besides."""

import msgspec


class Failure(msgspec.Struct, frozen=True):
    """One failure: its code, the manual's message, the Chinese one, and the English one of real servers if another was
    seen."""

    code: int
    manual: str
    chinese: str
    seen: str = ""


SUCCESS = Failure(0, "success", "成功")

FAILURES: dict[str, Failure] = {
    "program": Failure(-1, "Program error", "程序异常"),
    "token": Failure(-1, "The access token is invalid", "访问令牌无效"),
    "department_blank": Failure(-10, "The department number or name cannot be empty", "部门编号或名称不能为空"),
    "department_name": Failure(
        -12, "The department name has already existed", "部门名称已存在", "Department name already exists"
    ),
    "no_department": Failure(-13, "The department number does not exist", "部门编号不存在"),
    "parent": Failure(-14, "Cannot be set as parent department", "不能设置为上级部门"),
    "department_used": Failure(-15, "Cannot delete department", "不能删除部门"),
    "pin_blank": Failure(-20, "Pin number cannot be empty", "人员编号不能为空"),
    "no_person": Failure(-22, "The person does not exist", "人员不存在", "Person does not exist"),
    "card_used": Failure(-23, "The card number has been used", "卡号已被使用"),
    "no_level": Failure(-24, "The level group does not exist", "权限组不存在"),
    "level_empty": Failure(-25, "No person under the access level", "权限组下没有人员"),
    "password_used": Failure(-26, "The password has been used", "密码已被使用"),
    "photo": Failure(-27, "Invalid personnel photo", "人员照片无效"),
    "pin": Failure(-29, "PIN exception", "人员编号异常"),
    "template_used": Failure(-31, "The personnel fingerprint already existed!", "人员指纹已存在"),
    "template_type": Failure(-32, "Input wrong validtype!", "指纹类型错误"),
    "template_index": Failure(-33, "Fingerprint template index range is from 0-9!", "指纹模板下标范围为0-9"),
    "no_template": Failure(-34, "templateNo not existed!", "指纹模板编号不存在"),
    "authorize": Failure(-40, "Authorize access failure", "授权失败"),
    "delete_level": Failure(-41, "Delete access level failure", "删除权限失败"),
    "pin_or_level_blank": Failure(-42, "Personnel ID or access level id is null", "人员编号或权限组id为空"),
    "level_blank": Failure(-43, "Access level id can’t be null", "权限组id不能为空"),
    "door_blank": Failure(-44, "Door id can’t be null", "门id不能为空"),
    "interval": Failure(-45, "Door open duration between 1~254 seconds.", "开门时长必须在1到254秒之间"),
    "door_name_blank": Failure(-46, "Door name can’t be null", "门名称不能为空"),
    "no_door": Failure(-47, "Door doesn’t exist", "门不存在"),
    "sn_blank": Failure(-48, "Device serial number can’t be null", "设备序列号不能为空"),
    "name_characters": Failure(-62, "The name contains special characters", "姓名包含特殊字符"),
    "face": Failure(-63, "Face detection due to: No face detected", "人脸检测失败：未检测到人脸"),
    "no_media": Failure(-70, "Advertisement doesn’t exist", "广告不存在"),
    "media_format": Failure(-71, "Didn’t support this format", "不支持该格式"),
    "email_used": Failure(-71, "Mailbox already exists", "邮箱已存在"),
    "no_area": Failure(-80, "Area didn’t exist", "区域不存在"),
    "pins_blank": Failure(-81, "Pins not allowed to be null", "人员编号集合不能为空"),
    "pins_many": Failure(-82, "Pins length not allowed over 500", "人员编号集合长度不能超过500"),
    "area_blank": Failure(-83, "Area ID can’t be null", "区域id不能为空"),
    "page": Failure(-90, "PageNo or pageSize cannot be set less than or equal to 0", "页码或每页条数不能小于等于0"),
    "page_size": Failure(-91, "PageSize is greater than 1000", "每页条数不能大于1000"),
    "page_blank": Failure(-92, "PageSize and pageNo cannot be empty", "页码和每页条数不能为空"),
    "time": Failure(-100, "Time format error", "时间格式错误"),
    "time_order": Failure(-101, "Start time cannot be greater than end time", "开始时间不能大于结束时间"),
    "no_device": Failure(-102, "The device does not exist", "设备不存在"),
    "push": Failure(-105, "Synchronization to the device failed", "同步到设备失败"),
    "floor_blank": Failure(-201, "Floor Id is required", "楼层id不能为空"),
    "floor_interval_blank": Failure(-202, "The door opening time is required", "开门时长不能为空"),
    "floor_interval": Failure(-203, "The door opening time needs to be greater than 0", "开门时长必须大于0"),
    "list_type": Failure(-221, "Black and white list type error", "黑白名单类型错误"),
    "list_time": Failure(-222, "Time parameter error", "时间参数错误"),
    "plate": Failure(-223, "Car license plate is incorrect", "车牌号不正确"),
    "picture": Failure(-5001, "Photo detection failed", "照片检测失败"),
}


class Refused(Exception):
    """A call that fails: the name of its failure in FAILURES."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Missing(Exception):
    """A call that is answered as a path that there is not."""
