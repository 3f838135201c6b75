"""R06–R14, R22–R32, R39: other names, and words that names do not take."""

from __future__ import annotations

from datetime import date

from geonames.rules.around import Known
from geonames.rules.model import Other, Override
from tests.unit.rules.fakes import SAMPLE, SHANGHAI, ZHEJIANG
from tests.unit.rules.table import fails, passes

HOME, ROAD, UNIT, LAND, VILLAGE = "RESIDENTIAL_BUILDING", "STREET", "ADMIN_DIVISION", "NATURAL", "VILLAGE_COMMUNITY"
IN_2000 = date(2000, 6, 1)
ALIAS = {"other_uses": Known((Other("沿江路", code="990101", role="alias"),))}
GIVEN_UP = {"other_uses": Known((Other("旧样村", role="retired"),))}
DIALECT = {"dialect_sound": Known((Other("黄家村", detail="王家村"),))}
HERITAGE = {"heritage": Known((Other("样古城", detail="样省名录"),))}
OUTSIDE = {"outside_entities": Known((Other("样山", code="990200", unit="远县"),))}

COLLISIONS = [
    *passes("R06", UNIT, "样县", "西样市", "松涛区"),
    *fails("R06", "full", UNIT, "鼓楼区", "亳州市", "平山县"),
    *fails("R06", "specific", UNIT, "亳州县"),
    *fails("R06", "full", UNIT, "鼓楼区", as_of=IN_2000),
    *passes("R07", LAND, "样山", "小样湖", "松涛岭"),
    *fails("R07", "famous", LAND, "太湖", "泰山", "黄河"),
    *fails("R07", "famous", LAND, "西岳华山", as_of=IN_2000),
    *passes("R08", UNIT, "西样镇", "松涛乡"),
    *passes("R08", UNIT, "横溪镇"),  # another province
    *fails("R08", "full", UNIT, "横溪镇", within=ZHEJIANG),
    *fails("R08", "analogous", UNIT, "城关街道", within=ZHEJIANG),
    *fails("R08", "specific", UNIT, "横溪乡", within=ZHEJIANG),
    *fails("R08", "specific_analogous", UNIT, "横溪街道", "城关镇", within=ZHEJIANG),
    *passes("R09", VILLAGE, "新样村", "东柳村", "松涛村"),
    *fails("R09", "full", VILLAGE, "柳湾村", "白塔村"),
    *fails("R09", "specific", VILLAGE, "柳湾社区"),
    *passes("R10", ROAD, "新样路", "松涛路", "长安街"),
    *fails("R10", "full", ROAD, "沿河路", "晨光路"),
    *fails("R10", "specific", ROAD, "沿河巷", "沿河东路"),
    *passes("R11", HOME, "新样花园", "听松小区", "白鹭公寓"),
    *fails("R11", "full", HOME, "松涛花园", "听泉小区"),
    *fails("R11", "specific", HOME, "松涛公寓"),
    *passes("R12", UNIT, "松涛县", "鼓楼区", "西样市"),
    *fails("R12", "toned", UNIT, "屏山县", "凭山市", "富平县"),
    *fails("R12", "toneless", UNIT, "评善县", "拨州市"),
    *fails("R12", "famous", LAND, "台湖", "恒衫"),
    *passes("R13", VILLAGE, "新样村", "东柳村"),
    *passes("R13", ROAD, "松涛路"),
    *fails("R13", "dialect", VILLAGE, "王家村", around=DIALECT),
    *fails("R13", "dialect", ROAD, "王家路", around=DIALECT),
    *fails("R13", "dialect", HOME, "王家小区", around=DIALECT),
    *passes("R14", UNIT, "亳州市", "松涛县"),
    *passes("R14", ROAD, "新样路"),
    *fails("R14", "similar", UNIT, "毫州市"),
    *fails("R14", "similar", ROAD, "沿江路", around={"similar_form": Known((Other("沿汀路", detail="汀/江"),))}),
    *fails("R14", "similar", HOME, "松涛苑", around={"similar_form": Known((Other("松寿苑", detail="寿/涛"),))}),
    *passes("R39", ROAD, "新样路", "松涛路"),
    *passes("R39", VILLAGE, "新样村"),
    *fails("R39", "alias", ROAD, "沿江路", around=ALIAS),
    *fails("R39", "given_up", VILLAGE, "旧样村", around=GIVEN_UP),
    *fails("R39", "given_up", ROAD, "旧样路", around=GIVEN_UP, within=SHANGHAI, as_of=IN_2000),
]

NO_TIES = (Override("R26", "no_specific_connection", "取自当地河名"),)
WORDS = [
    *passes("R22", ROAD, "松涛路", "中山路", "文化路"),
    *fails("R22", "leader", ROAD, "闻示之路", "示之路"),
    *fails("R22", "leader", HOME, "闻示之广场"),
    *passes("R23", ROAD, "松涛路", "王村路"),
    *passes("R23", UNIT, "大王镇"),
    *fails("R23", "person", UNIT, "左权县"),
    *fails("R23", "person", ROAD, "张之洞路", "鲁迅路"),
    *fails("R23", "title", ROAD, "样样总裁路"),
    *passes("R24", ROAD, "松涛路", "花果山路", "牛角路"),
    *fails("R24", "listed", ROAD, "孙悟空路", "林黛玉巷"),
    *fails("R24", "listed", HOME, "贾宝玉花园"),
    *passes("R25", HOME, "松涛花园", "加家花园"),
    *passes("R25", ROAD, "新罗马路", "吴越南路", "华美国宾路"),
    *fails("R25", "listed", HOME, "加州商业广场", "欧洲城", "阳光巴洛克小区", "国会山小区"),
    *fails("R25", "listed", ROAD, "威尼斯路"),
    *fails("R25", "listed", "PARK_RESERVE", "列宁公园"),
    *passes("R26", ROAD, "钢城路", applicant="大连澜庭集团股份有限公司"),
    *passes("R26", HOME, "松涛花园", applicant="样县人民政府"),
    *passes("R26", ROAD, "大连路", applicant="大连澜庭集团股份有限公司"),
    *fails("R26", "applicant", ROAD, "澜庭路", applicant="大连澜庭集团股份有限公司"),
    *fails("R26", "applicant", HOME, "云栖花园", applicant="云栖置业有限公司"),
    *fails("R26", "brand", ROAD, "澜样路", "岚牌大道", applicant="样县民政局"),
    *fails("R26", "applicant", ROAD, "澜庭路", applicant="大连澜庭集团股份有限公司", overrides=NO_TIES),
    *passes("R27", HOME, "松涛花园", "滨江公寓"),
    *passes("R27", "FACILITY", "样县国际机场"),
    *fails("R27", "listed", ROAD, "中央大道", "中华路"),
    *fails("R27", "listed", HOME, "宇宙城", "样样世界城", "天下城"),
    *fails("R27", "suggestive", HOME, "寰宇公寓"),
    *passes("R28", HOME, "松涛花园", "滨江公寓"),
    *passes("R28", ROAD, "侯家路"),
    *fails("R28", "listed", HOME, "御府花园小区", "帝都公寓"),
    *fails("R28", "suggestive", HOME, "帝豪大厦"),
    *fails("R28", "listed", ROAD, "王府井大街"),
    *passes("R29", ROAD, "松涛路", "长安街"),
    *passes("R29", HOME, "听泉花园"),
    *fails("R29", "written", HOME, "中南海花园"),
    *fails("R29", "written", ROAD, "革命路"),
    *fails("R29", "sounding", HOME, "钟楠海花园"),
    *passes("R30", ROAD, "松涛路", "文化路", "长安街", meaning="以松林得名"),
    *fails("R30", "listed", ROAD, "黄泉路", "哑巴路", meaning="不详"),
    *fails("R30", "listed", HOME, "一瓶八斗公寓", meaning="不详"),
    *fails("R30", "no_meaning", ROAD, "松涛路", meaning=" "),
    *passes("R31", VILLAGE, "松涛村", "柳湾村", "白塔村"),
    *fails("R31", "listed", VILLAGE, "贬样村", "辱样村"),
    *fails("R31", "suggestive", ROAD, "镇样路"),
    *fails("R31", "listed", VILLAGE, "贬样村", as_of=IN_2000),
    *passes("R32", UNIT, "松涛县", "西样市", "横溪镇", within=SAMPLE),
    *fails("R32", "famous", UNIT, "九寨沟县", "泰山区"),
    *fails("R32", "famous", UNIT, "张家界市", as_of=IN_2000),
    *fails("R32", "heritage", UNIT, "样古城区", around=HERITAGE),
    *fails("R32", "outside", UNIT, "样山县", around=OUTSIDE),
]
