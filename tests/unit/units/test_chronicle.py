"""How change lines become units: identity, lineage, dates and documents."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.units.chronicle.identity import Register
from boundaries.units.chronicle.notation import parse_year
from tests.unit.units.chronicles import FIRST, chronicle, named, versions

RENAMED = """
    ## 关于东河县更名的批复
    # 文号：示函〔1982〕1号
    # 日期：1982年3月1日
    #
    # 东河县更名为清河县。
    -990121 东河县>.
    +990121 清河县<.
"""


def kinds(register: Register) -> list[str]:
    return [remark.kind for remark in register.remarks]


def test_a_renaming_keeps_the_unit_and_opens_a_version_on_the_documents_day() -> None:
    register = chronicle(RENAMED)
    old, new = versions(register, "990121")
    assert old.unit_id == new.unit_id
    assert old.end is not None
    assert new.begin is not None
    assert old.end.moment.on == new.begin.moment.on == date(1982, 3, 1)
    assert new.begin.moment.certain
    assert register.edges == []


def test_recoding_and_change_of_type_keep_the_unit() -> None:
    register = chronicle("""
        ## 关于撤销西山县设立云溪市西山区的批复
        # 日期：一九八二年五月六日
        -990122 西山县>西山区
        +990102 西山区<西山县
    """)
    assert named(register, "西山县").unit_id == named(register, "西山区").unit_id
    assert named(register, "西山区").type == "市辖区"
    assert register.edges == []


def test_a_merger_into_a_standing_unit_is_an_edge_and_not_a_succession() -> None:
    register = chronicle("""
        ## 关于撤销南坪县并入东河县的批复
        # 日期：1982年7月1日
        -990123 南坪县>东河县
    """)
    (edge,) = register.edges
    assert (edge.kind, edge.whole_from, edge.whole_to) == ("merger", True, False)
    assert edge.from_unit == named(register, "南坪县").unit_id
    assert len(versions(register, "990121")) == 1


def test_a_code_given_out_again_after_a_merger_is_another_unit() -> None:
    register = chronicle("""
        ## 关于东河县、南坪县合并设立东坪县的批复
        # 日期：1982年7月1日
        -990121 东河县>东坪县
        -990123 南坪县>东坪县
        +990121 东坪县<东河县,南坪县
    """)
    old, new = versions(register, "990121")
    assert old.unit_id != new.unit_id
    assert {(e.kind, e.whole_from) for e in register.edges} == {("merger", True)}
    assert len(register.edges) == 2


def test_a_new_unit_from_parts_of_two_is_split_from_both() -> None:
    register = chronicle("""
        ## 关于设立新林县的批复
        # 日期：1982年7月1日
        +990124 新林县<东河县,西山县!
    """)
    assert [(e.kind, e.whole_from, e.whole_to, e.attested) for e in register.edges] == [
        ("split", False, False, True),
        ("split", False, False, False),
    ]


def test_a_renamed_prefecture_leaves_the_versions_of_its_counties_alone() -> None:
    register = chronicle("""
        ## 关于云溪市更名为星溪市的批复
        # 日期：1982年7月1日
        -990100 云溪市
        -990121 东河县>.
        -990122 西山县>.
        -990123 南坪县>.
        +990100 星溪市
        +990121 东河县<.
        +990122 西山县<.
        +990123 南坪县<.
    """)
    assert named(register, "云溪市").unit_id == named(register, "星溪市").unit_id
    assert len(versions(register, "990121")) == 1
    assert register.edges == []


def test_a_prefecture_whose_whole_area_goes_to_a_new_one_persists_under_the_new_code() -> None:
    register = chronicle("""
        ## 关于撤销云溪市设立云溪地区的批复
        # 日期：1982年7月1日
        -990100 云溪市
        -990121 东河县>_
        -990122 西山县>_
        -990123 南坪县>_
        +992100 云溪地区
        +992121 东河县<_
        +992122 西山县<_
        +992123 南坪县<_
    """)
    assert named(register, "云溪市").unit_id == named(register, "云溪地区").unit_id
    assert versions(register, "990121")[0].unit_id == versions(register, "992121")[0].unit_id


def test_a_county_that_changes_its_prefecture_moves_land_between_the_prefectures_too() -> None:
    first = FIRST | {"990200": "平川市", "990221": "北原县"}
    register = chronicle(
        """
        ## 关于将南坪县划归平川市管辖的批复
        # 日期：1982年7月1日
        -990123 南坪县>_
        +990222 南坪县<_
        """,
        first=first,
    )
    assert versions(register, "990123")[0].unit_id == versions(register, "990222")[0].unit_id
    (edge,) = register.edges
    assert (edge.derived, edge.kind) == (True, "transfer")
    assert edge.from_unit == named(register, "云溪市").unit_id
    assert edge.to_unit == named(register, "平川市").unit_id


@pytest.mark.parametrize("head", ["# 东河县更名。", "## 关于东河县更名的批复\n# 日期：1979年3月1日"])
def test_a_change_known_by_its_list_year_takes_effect_on_its_last_day(head: str) -> None:
    register = chronicle(f"{head}\n-990121 东河县>.\n+990121 清河县<.\n")
    begin = named(register, "清河县").begin
    assert begin is not None
    assert begin.moment.on == date(1982, 12, 31)
    assert (begin.moment.first, begin.moment.basis) == (date(1982, 1, 1), "list_year")


def test_of_two_documents_the_later_day_counts_and_the_days_between_are_uncertain() -> None:
    register = chronicle("""
        ## 甲批复：东河县更名
        # 日期：1982年3月1日
        ## 乙通知：东河县更名
        # 日期：1982年4月1日
        -990121 东河县>.
        +990121 清河县<.
    """)
    begin = named(register, "清河县").begin
    assert begin is not None
    assert (begin.moment.first, begin.moment.on) == (date(1982, 3, 1), date(1982, 4, 1))
    assert begin.moment.basis == "several_documents"


def test_a_county_does_not_move_below_a_prefecture_that_does_not_stand_yet() -> None:
    register = chronicle("""
        ## 关于将南坪县划归平川市的批复
        # 日期：1982年3月1日
        -990123 南坪县>_
        +990221 南坪县<_
        ## 关于设立平川市的批复
        # 日期：1982年9月1日
        +990200 平川市
    """)
    moved = versions(register, "990221")[0].begin
    assert moved is not None
    assert (moved.moment.first, moved.moment.on) == (date(1982, 3, 1), date(1982, 9, 1))
    assert "fitted" in kinds(register)


def test_a_line_under_anothers_document_goes_to_the_document_that_names_it() -> None:
    register = chronicle("""
        ## 关于设立清河区的批复
        # 文号：示函〔1982〕1号
        # 日期：1982年3月1日
        #
        # 撤销东河县，设立清河区。
        +990102 清河区<东河县
        ## 关于西山县更名的批复
        # 文号：示函〔1982〕2号
        # 日期：1982年5月1日
        -990121 东河县>清河区
        -990122 西山县>.
        +990122 北山县<.
    """)
    end = named(register, "东河县").end
    assert end is not None
    assert [d.doc_no for d in end.documents.principal] == ["示函〔1982〕1号"]
    assert kinds(register) == ["attributed_to_other_side"]


def test_contradictions_are_reported_line_by_line_and_not_applied() -> None:
    register = chronicle("""
        ## 批复
        # 日期：1982年3月1日
        -990199 无此县>东河县
        +990121 清河县<东河县
        =990122 东山县>东河县
        +990124 新县<不存在县
        ?? 看不懂
    """)
    found = {(r.kind, r.line) for r in register.remarks}
    assert {("ends_nothing", 3), ("begins_twice", 4), ("stands_not", 5)} <= found
    assert {("unresolved_selector", 6), ("unreadable_line", 7)} <= found
    assert versions(register, "990121")[0].name == "东河县"


def test_a_description_without_changes_and_a_damaged_date_are_remarks() -> None:
    file = parse_year(1982, "## 批复\n# 日期：某年某月\n")
    assert [(r.kind, r.line) for r in file.remarks] == [("unreadable_date", 1), ("description_without_changes", 1)]


def test_several_documents_above_one_change_are_kept_apart() -> None:
    file = parse_year(1982, "## 甲\n# 文号：一号\n#\n# 文甲\n## 乙\n# 来源：县志\n-990121 东河县>.\n")
    first, second = file.blocks[0]
    assert (first.title, first.doc_no, first.text) == ("甲", "一号", "文甲")
    assert (second.title, second.source, second.text) == ("乙", "县志", "")
