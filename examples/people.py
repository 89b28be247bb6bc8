"""Invented companies, persons and addresses of the example portfolio; every number in it leads nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

CITIES = {
    "苏州": "江苏省苏州市工业园区", "无锡": "江苏省无锡市新吴区", "宁波": "浙江省宁波市北仑区",
    "嘉兴": "浙江省嘉兴市南湖区", "合肥": "安徽省合肥市高新区", "佛山": "广东省佛山市南海区",
    "东莞": "广东省东莞市松山湖", "青岛": "山东省青岛市城阳区", "潍坊": "山东省潍坊市奎文区",
    "郑州": "河南省郑州市中原区", "武汉": "湖北省武汉市东西湖区", "长沙": "湖南省长沙市望城区",
    "成都": "四川省成都市龙泉驿区", "重庆": "重庆市渝北区", "西安": "陕西省西安市未央区",
}  # fmt: skip
FIRST = "瀚恒拓锐盛泰启博远卓昊嘉铭源鼎瑞诚达"
SECOND = "宁捷川腾海越禾峰泽航康辉润安通林"
ROADS = ("创业路", "兴工路", "科技一路", "丰收大道", "春晖路", "示范大道", "北环路", "港前路")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("建明", "志强", "晓燕", "国华", "丽萍", "文博", "海涛", "雪梅", "俊杰", "春生", "玉兰", "永刚", "思远", "佳慧")


@dataclass(frozen=True)
class Person:
    """A company or a private person. Identity numbers have no valid region code, e-mails end at example.com or .cn."""

    no: str
    name: str
    id_number: str
    phone: str
    email: str
    address: str


class Directory:
    """Hands out parties that do not repeat, always in the same order for the same seed."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: set[str] = set()
        self.count = 0

    def company(self, trades: tuple[str, ...]) -> Person:
        """A limited company of one of these trades."""
        while True:
            city = self.random.choice(list(CITIES))
            name = f"{city}{self.random.choice(FIRST)}{self.random.choice(SECOND)}{self.random.choice(trades)}有限公司"
            if name not in self.names:
                return self._person(name, CITIES[city], f"91000000MA{self.count + 1:06d}0X")

    def private(self) -> Person:
        """A private person."""
        while True:
            name = self.random.choice(SURNAMES) + self.random.choice(GIVEN)
            if name not in self.names:
                city = self.random.choice(list(CITIES))
                return self._person(name, CITIES[city], f"000000{1960 + self.count % 40}0101{self.count % 1000:03d}X")

    def _person(self, name: str, town: str, id_number: str) -> Person:
        self.names.add(name)
        self.count += 1
        address = f"{town}{self.random.choice(ROADS)}{self.random.randint(1, 399)}号"
        domain = "example.cn" if self.count % 3 == 0 else "example.com"
        return Person(
            no=f"K{self.count:05d}",
            name=name,
            id_number=id_number,
            phone=f"021-0{self.count:07d}",
            email=f"k{self.count:05d}@{domain}",
            address=address,
        )
