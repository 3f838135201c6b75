"""R01–R05, R15–R21, R36–R38: form, characters, numbers, reading, spelling. Real names where they exist."""

from __future__ import annotations

from datetime import date

from tests.unit.rules.fakes import ANHUI, NANCHANG, TIANJIN, ZHEJIANG
from tests.unit.rules.table import fails, passes

HOME, ROAD, UNIT, LAND = "RESIDENTIAL_BUILDING", "STREET", "ADMIN_DIVISION", "NATURAL"
IN_2010 = date(2010, 1, 1)

FORM = [
    *passes("R01", ROAD, "长安街", "解放路南小街", "东四十条"),
    *passes("R01", HOME, "人民广场", "松涛花园"),
    *passes("R01", "OTHER", "周口店"),
    *fails("R01", "no_specific", HOME, "广场", "花园", "大厦"),
    *fails("R01", "no_specific", ROAD, "路", "大道"),
    *fails("R01", "no_generic", ROAD, "滨"),
    *fails("R01", "no_generic", HOME, "24克拉", "郡未来"),
    *fails("R01", "generic_unknown", "OTHER", "样样样"),
    *fails("R01", "no_generic", ROAD, "滨", as_of=IN_2010),
    *passes("R02", ROAD, "滨江路", "南京东路", "包头胡同东巷"),
    *passes("R02", HOME, "松涛花园", "听泉轩"),
    *passes("R02", UNIT, "横溪镇"),
    *fails("R02", "other_class", ROAD, "滨江府", "滨江花园", "滨江镇"),
    *fails("R02", "other_class", HOME, "滨江乡"),
    *fails("R02", "asked", "PARK_RESERVE", "滨江大厦"),
    *fails("R02", "unknown", ROAD, "滨"),
    *passes("R03", HOME, "某某花园", "人民广场", "听泉公寓"),
    *passes("R03", HOME, "某某花园", within=NANCHANG),
    *fails("R03", "stacked", HOME, "某某广场花园", "某某花园大厦", "某某花园城"),
    *fails("R03", "stacked", HOME, "某某广场花园", within=NANCHANG),
    *passes("R04", HOME, "滨江小区", "松涛花园", "听泉社区"),
    *fails("R04", "inside", HOME, "郡未来", "江南郡府"),
    *fails("R04", "division", HOME, "滨江郡", "样国"),
    *fails("R04", "feature", HOME, "8哩岛", "翡翠湖", "金色港湾"),
    *passes("R05", HOME, "样大厦", within=NANCHANG, figures={"storeys": 12}),
    *passes("R05", HOME, "样大厦", within=NANCHANG, figures={"storeys": 6, "floor_area_m2": 12_000}),
    *passes("R05", HOME, "样广场", within=NANCHANG, figures={"land_m2": 10_000, "open_space_m2": 3_000}),
    *passes("R05", HOME, "样花园", within=TIANJIN, figures={"green_percent": 40}),
    *fails("R05", "too_small", HOME, "样大厦", within=NANCHANG, figures={"storeys": 6, "floor_area_m2": 900}),
    *fails("R05", "too_small", HOME, "样广场", within=NANCHANG, figures={"land_m2": 20_000, "open_space_m2": 2_999}),
    *fails("R05", "too_small", HOME, "样花园", within=TIANJIN, figures={"green_percent": 39}),
    *fails("R05", "too_small", HOME, "样别墅", within=NANCHANG, figures={"land_m2": 9_000}),
    *passes("R36", HOME, "松涛花园", "听泉小区", "人民广场"),
    *fails("R36", "long", HOME, "滨江松涛听泉花园", "样样样样样小区"),
    *fails("R36", "too_long", HOME, "滨江松涛听泉白鹭花园", "样" * 498 + "小区"),
    *fails("R36", "short", HOME, "城"),
]

CHARACTERS = [
    *passes("R15", UNIT, "横溪镇", "亳州市", "鄠邑区"),
    *passes("R15", ROAD, "𬒈岩路"),
    *fails("R15", "unlisted", UNIT, "深甽镇", "流波䃥镇", "獐獏乡", "黄垇乡"),
    *passes("R16", ROAD, "松涛路", "长安街", "人民路"),
    *fails("R16", "rare", ROAD, "猇亭路", "瀍河路", "埇桥路", "㙍头路"),
    *fails(
        "R16",
        "established",
        ROAD,
        "鄞江路",
        within=(*ZHEJIANG, ZHEJIANG[1]._replace(code="330212", name="鄞州区", level="county")),
    ),
    *fails("R16", "rare", ROAD, "猇亭路", as_of=IN_2010),
    *passes("R17", UNIT, "回龙镇", "炮台镇", "横溪镇"),
    *fails("R17", "traditional", UNIT, "廻龙镇", "砲台镇"),
    *fails("R17", "traditional", ROAD, "長安街", "國泰路"),
    *passes("R18", HOME, "新城小区", "松涛花园", "听泉轩"),
    *fails("R18", "latin", HOME, "EE新城小区", "ＥＥ新城小区", "MOMO公寓", "Ü花园"),
    *passes("R19", HOME, "滨江公寓", "松涛花园", "6号大院"),
    *fails("R19", "symbol", HOME, "滨江·公寓", "滨江-公寓", "滨江 公寓", "松涛(二期)花园"),
    *fails("R19", "private", ROAD, "\ue000山路", "\U000f0001山路"),
    *fails("R19", "script", HOME, "さくら花园", "ཀ花园"),
    *passes("R20", HOME, "五一广场", "松涛花园"),
    *passes("R20", ROAD, "三八路", "八一大道", "三路"),
    *fails("R20", "digits", HOME, "24克拉公寓", "6号大院", "８哩小区"),
    *fails("R20", "only_number", HOME, "九九小区", "168大厦", "二十广场"),
    *passes("R21", ROAD, "东四十条", "经五路", "五一路"),
    *passes("R21", "VILLAGE_COMMUNITY", "三里屯村"),
    *fails("R21", "sequence", ROAD, "三路", "第九弄", "十二街"),
    *fails("R21", "sequence", "VILLAGE_COMMUNITY", "第六村"),
    *passes("R37", ROAD, "松涛路", "人民路", "中央大道"),
    *fails("R37", "several", ROAD, "乐行路", "重长路", "重乐巷"),
    *passes("R38", ROAD, "中山路", roman="Zhongshan Lu"),
    *passes("R38", ROAD, "中山路", roman="Zhōngshān Lù"),
    *passes("R38", UNIT, "六安市", within=ANHUI, roman="Lu'an Shi"),
    *fails("R38", "differs", ROAD, "中山路", roman="Zhongshan Road"),
    *fails("R38", "disputed", UNIT, "六安市", within=ANHUI, roman="Liu'an Shi"),
    *fails("R38", "differs", ROAD, "长安街", roman="Changan Jie"),
    *fails("R38", "differs", ROAD, "北京路", roman="Peking Lu"),
    *fails("R38", "other", UNIT, "呼和浩特市", roman="Huhehaote Shi", within=()),
    *fails("R38", "empty", ROAD, "中山路", roman=" "),
]
