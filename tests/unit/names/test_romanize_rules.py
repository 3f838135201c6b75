"""The 1984 rules: every example that they print comes out as printed, by the rules alone and by the full readings."""

import pytest

from geonames.romanize.dividing import divide
from geonames.romanize.engine import romanize
from geonames.romanize.lexicon import Lexicon, load
from geonames.romanize.model import Role

#: rule, name, class, official form; as place-names.md 3.1 and the rules print them.
PRINTED = """
1 太行山 NATURAL Taihang Shan
1 松花江 NATURAL Songhua Jiang
1 汾河 NATURAL Fen He
1 太湖 NATURAL Tai Hu
1 舟山群岛 NATURAL Zhoushan Qundao
1 台湾海峡 NATURAL Taiwan Haixia
1 青藏高原 NATURAL Qingzang Gaoyuan
1 密云水库 FACILITY Miyun Shuiku
1 大运河 NATURAL Da Yunhe
1 永丰渠 NATURAL Yongfeng Qu
1 西藏自治区 ADMIN_DIVISION Xizang Zizhiqu
1 江苏省 ADMIN_DIVISION Jiangsu Sheng
1 襄樊市 ADMIN_DIVISION Xiangfan Shi
1 通县 ADMIN_DIVISION Tong Xian
1 西峰镇 ADMIN_DIVISION Xifeng Zhen
1 虹口区 ADMIN_DIVISION Hongkou Qu
1 友谊乡 ADMIN_DIVISION Youyi Xiang
1 京津公路 STREET Jingjin Gonglu
1 南京路 STREET Nanjing Lu
1 滨江道 STREET Binjiang Dao
1 长安街 STREET Chang'an Jie
1 大马路 STREET Da Malu
1 梧桐巷 STREET Wutong Xiang
1 门框胡同 STREET Menkuang Hutong
2 西辽河 NATURAL Xiliao He
2 潮白新河 NATURAL Chaobai Xinhe
2 新通扬运河 NATURAL Xintongyang Yunhe
2 北雁荡山 NATURAL Beiyandang Shan
2 老秃顶子山 NATURAL Laotudingzi Shan
2 小金门岛 NATURAL Xiaojinmen Dao
2 景山后街 STREET Jingshan Houjie
2 造币左路 STREET Zaobi Zuolu
2 清波门直街 STREET Qingbomen Zhijie
2 后赵家楼胡同 STREET Houzhaojialou Hutong
2 朝阳门内大街 STREET Chaoyangmennei Dajie
2 南小街 STREET Nan Xiaojie
2 小南街 STREET Xiao Nanjie
2 南横东街 STREET Nanheng Dongjie
2 修文西小巷 STREET Xiuwen Xixiaoxiang
2 东直门外南后街 STREET Dongzhimenwai Nanhoujie
2 广安门北滨河路 STREET Guang'anmen Beibinhe Lu
2 广渠南水关胡同 STREET Guangqu Nanshuiguan Hutong
3 王村 22200 Wangcun
3 江镇 22200 Jiangzhen
3 漷县 22200 Huoxian
3 周口店 22200 Zhoukoudian
3 文家市 22200 Wenjiashi
3 油坊桥 22200 Youfangqiao
3 铁匠营 22200 Tiejiangying
3 大虎山 22200 Dahushan
3 太平沟 22200 Taipinggou
3 三岔河 22200 Sanchahe
3 龙王集 22200 Longwangji
3 龚家棚 22200 Gongjiapeng
3 众埠街 22200 Zhongbujie
3 南王家荡 22200 Nanwangjiadang
3 东桑家堡子 22200 Dongsangjiabuzi
4 渤海湾 NATURAL Bohai Wan
4 黑龙江省 ADMIN_DIVISION Heilongjiang Sheng
4 景德镇市 ADMIN_DIVISION Jingdezhen Shi
4 解放路南小街 STREET Jiefanglu Nanxiaojie
4 包头胡同东巷 STREET Baotou Hutong Dongxiang
5 左权县 ADMIN_DIVISION Zuoquan Xian
5 张之洞路 STREET Zhangzhidong Lu
5 欧阳海水库 FACILITY Ouyanghai Shuiku
6 五指山 NATURAL Wuzhi Shan
6 九龙江 NATURAL Jiulong Jiang
6 三门峡 NATURAL Sanmen Xia
6 二道沟 NATURAL Erdao Gou
6 第二松花江 NATURAL Di'er Songhua Jiang
6 第六屯 22200 Diliu Tun
6 三眼井胡同 STREET Sanyanjing Hutong
6 八角场东街 STREET Bajiaochang Dongjie
6 三八路 STREET Sanba Lu
6 五一广场 FACILITY Wuyi Guangchang
7 1203高地 NATURAL 1203 Gaodi
7 1718峰 NATURAL 1718 Feng
7 二马路 STREET 2 Malu
7 经五路 STREET Jing 5 Lu
7 三环路 STREET 3 Huan Lu
7 大川淀一巷 STREET Dachuandian 1 Xiang
7 东四十二条 STREET Dongsi 12 Tiao
7 第九弄 STREET Di-9 Long
7 北二巷 STREET Bei 2 Xiang
10 李庄 22200 Lizhuang
10 珠江 NATURAL Zhu Jiang
10 天宁寺西里一巷 STREET Tianningsi Xili 1 Xiang
12 盆儿胡同 STREET Penr Hutong
13 海南岛 NATURAL Hainan Dao
14 月亮山种羊场 FACILITY Yueliangshan Zhongyangchang
14 北京工人体育馆 FACILITY Beijing Gongren Tiyuguan
14 二七烈士纪念碑 FACILITY Erqi Lieshi Jinianbei
14 浙江省测绘局 FACILITY Zhejiang Sheng Cehuiju
14 费县汽车站 FACILITY Fei Xian Qichezhan
14 郑州市玻璃厂 FACILITY Zhengzhou Shi Bolichang
15 一线天 NATURAL Yixiantian
15 三潭印月 NATURAL Santanyinyue
16 501矿区 FACILITY 501 Kuangqu
"""
EXAMPLES = [line.split(maxsplit=3) for line in PRINTED.strip().splitlines()]
#: Rules 8 and 11 rest on readings, not on the class.
READ = [
    ("十里堡", "Shilipu"),
    ("大黄堡", "Dahuangbao"),
    ("吴堡县", "Wubu Xian"),
    ("西安", "Xi'an"),
    ("建瓯", "Jian'ou"),
    ("天峨", "Tian'e"),
]


@pytest.fixture(scope="module")
def rules_alone() -> Lexicon:
    """The readings without the examples that the rules print."""
    return load(printed=False)


@pytest.mark.parametrize(("rule", "name", "class_", "roman"), EXAMPLES)
def test_an_example_of_the_rules_comes_out_by_the_rules(
    rule: str, name: str, class_: str, roman: str, rules_alone: Lexicon
) -> None:
    found = romanize(name, class_, lexicon=rules_alone)
    assert found.roman == roman
    assert "".join(found.segments) == name


@pytest.mark.parametrize(("name", "roman"), [(name, roman) for _, name, _, roman in EXAMPLES] + READ)
def test_an_example_of_the_rules_needs_no_class(name: str, roman: str) -> None:
    assert romanize(name).roman == roman


@pytest.mark.parametrize(
    ("name", "class_", "roman", "toned"),
    [
        # modifiers go with the generic term only where a specific part of two characters stays
        ("江东路", "STREET", "Jiangdong Lu", "Jiāngdōng Lù"),
        ("人民南路", "STREET", "Renmin Nanlu", "Rénmín Nánlù"),
        # a known place keeps its last character
        ("黔西路", "STREET", "Qianxi Lu", "Qiánxī Lù"),
        ("中山东一路", "STREET", "Zhongshan Dong 1 Lu", "Zhōngshān Dōng 1 Lù"),
        ("北三环西路", "STREET", "Bei 3 Huan Xilu", "Běi 3 Huán Xīlù"),
        ("一二九路", "STREET", "Yi'erjiu Lu", "Yī'èrjiǔ Lù"),
        ("一〇一路", "STREET", "101 Lu", "101 Lù"),
        ("统一路", "STREET", "Tongyi Lu", "Tǒngyī Lù"),
        ("二十三街", "STREET", "23 Jie", "23 Jiē"),
        ("黑龙江大街", "STREET", "Heilongjiang Dajie", "Hēilóngjiāng Dàjiē"),
        ("十万大山", "NATURAL", "Shiwan Dashan", "Shíwàn Dàshān"),
        ("清新区", "ADMIN_DIVISION", "Qingxin Qu", "Qīngxīn Qū"),
        ("浦东新区", "ADMIN_DIVISION", "Pudong Xinqu", "Pǔdōng Xīnqū"),
        ("万柏林区", "ADMIN_DIVISION", "Wanbailin Qu", "Wànbǎilín Qū"),
        ("神农架林区", "ADMIN_DIVISION", "Shennongjia Linqu", "Shénnóngjià Línqū"),
        ("白沙村", "VILLAGE_COMMUNITY", "Baisha Cun", "Báishā Cūn"),
        ("王村", "VILLAGE_COMMUNITY", "Wangcun", "Wángcūn"),
        ("幸福社区", "VILLAGE_COMMUNITY", "Xingfu Shequ", "Xìngfú Shèqū"),
        ("单家庄", "22200", "Shanjiazhuang", "Shànjiāzhuāng"),
        ("龙泉驿长安镇", "ADMIN_DIVISION", "Longquanyichang'an Zhen", "Lóngquányìcháng'ān Zhèn"),
        ("一号路", "STREET", "1 Hao Lu", "1 Hào Lù"),
        ("武汉长江大桥", "FACILITY", "Wuhan Changjiang Daqiao", "Wǔhàn Chángjiāng Dàqiáo"),
        ("北京市第四十二中学", "FACILITY", "Beijing Shi Di-42 Zhongxue", "Běijīng Shì Dì-42 Zhōngxué"),
        ("解放军三〇一医院", "FACILITY", "Jiefangjun 301 Yiyuan", "Jiěfàngjūn 301 Yīyuàn"),
        ("一二九纪念碑", "FACILITY", "Yi'erjiu Jinianbei", "Yī'èrjiǔ Jìniànbēi"),
        ("北京西站", "FACILITY", "Beijing Xizhan", "Běijīng Xīzhàn"),
        ("大兴安岭", "NATURAL", "Da Hinggan Ling", "Da Hinggan Ling"),
        # a surname only where a family's village is named
        ("长塘村", "22200", "Changtangcun", "Chángtángcūn"),
        ("大牟家", "22200", "Damoujia", "Dàmóujiā"),
        ("五里堡", "22200", "Wulipu", "Wǔlǐpù"),
        ("318国道", None, "318 Guodao", "318 Guódào"),
    ],
)
def test_names_that_no_list_holds_follow_the_rules(name: str, class_: str | None, roman: str, toned: str) -> None:
    found = romanize(name, class_)
    assert (found.roman, found.roman_toned) == (roman, toned)


@pytest.mark.parametrize(
    ("name", "roman"),
    [
        ("积石山保安族东乡族撒拉族自治县", "Jishishan Bonanzu Dongxiangzu Salarzu Zizhixian"),
        ("隆林各族自治县", "Longlin Gezu Zizhixian"),
        ("长白朝鲜族自治县", "Changbai Chosenzu Zizhixian"),
        ("瀍河回族区", "Chanhe Huizu Qu"),
        ("塔什库尔干塔吉克自治县", "Taxkorgan Tajik Zizhixian"),
        ("东乡族自治县", "Dongxiangzu Zizhixian"),
    ],
)
def test_nationalities_are_words_of_their_own(name: str, roman: str) -> None:
    assert romanize(name).roman == roman


def test_the_parts_say_what_they_are() -> None:
    _, parts = divide("酉阳土家族苗族自治县", None, load())
    assert [(part.text, part.role) for part in parts] == [
        ("酉阳", Role.SPECIFIC),
        ("土家族", Role.NATIONALITY),
        ("苗族", Role.NATIONALITY),
        ("自治县", Role.GENERIC),
    ]
