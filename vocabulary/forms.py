"""The words of the application forms: what an applicant may choose from."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class EnterpriseKind(Vocabulary):
    """What the applicant is, by its licence."""

    ENTERPRISE = "enterprise", "企业"
    BRANCH = "branch", "企业分支机构（分公司）"
    INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"
    PRIVATE_NON_ENTERPRISE = "private_non_enterprise", "民办非企业单位"
    PUBLIC_BODY = "public_body", "机关、事业单位"
    NATURAL_PERSON = "natural_person", "自然人"


class District(Vocabulary):
    """Beijing's districts, and everywhere else."""

    XICHENG = "xicheng", "西城区"
    DONGCHENG = "dongcheng", "东城区"
    CHAOYANG = "chaoyang", "朝阳区"
    HAIDIAN = "haidian", "海淀区"
    FENGTAI = "fengtai", "丰台区"
    SHIJINGSHAN = "shijingshan", "石景山区"
    MENTOUGOU = "mentougou", "门头沟区"
    FANGSHAN = "fangshan", "房山区"
    TONGZHOU = "tongzhou", "通州区"
    SHUNYI = "shunyi", "顺义区"
    CHANGPING = "changping", "昌平区"
    DAXING = "daxing", "大兴区"
    HUAIROU = "huairou", "怀柔区"
    PINGGU = "pinggu", "平谷区"
    MIYUN = "miyun", "密云区"
    YANQING = "yanqing", "延庆区"
    OUTSIDE = "outside_beijing", "北京市以外"


class Industry(Vocabulary):
    """The 16 industries of 工信部联企业〔2011〕300号."""

    AGRICULTURE = "agriculture", "农、林、牧、渔业"
    MANUFACTURING = "manufacturing", "工业"
    CONSTRUCTION = "construction", "建筑业"
    WHOLESALE = "wholesale", "批发业"
    RETAIL = "retail", "零售业"
    TRANSPORT = "transport", "交通运输业"
    STORAGE = "storage", "仓储业"
    POSTAL = "postal", "邮政业"
    ACCOMMODATION = "accommodation", "住宿业"
    CATERING = "catering", "餐饮业"
    INFORMATION = "information", "信息传输业"
    SOFTWARE = "software", "软件和信息技术服务业"
    REAL_ESTATE = "real_estate", "房地产开发经营"
    PROPERTY_MANAGEMENT = "property_management", "物业管理"
    LEASING_BUSINESS = "leasing_business", "租赁和商务服务业"
    OTHER = "other", "其他未列明行业"


class Size(Vocabulary):
    """Enterprise size by 工信部联企业〔2011〕300号."""

    LARGE = "large", "大型"
    MEDIUM = "medium", "中型"
    SMALL = "small", "小型"
    MICRO = "micro", "微型"


class Owner(Vocabulary):
    """Who owns the premises."""

    DISTRICT_SOE = "district_soe", "本区区属国有企业"
    OTHER_DISTRICT_SOE = "other_district_soe", "其他区的区属国有企业"
    MUNICIPAL_SOE = "municipal_soe", "市属国有企业"
    CENTRAL_SOE = "central_soe", "中央企业"
    PRIVATE = "private", "民营企业"
    INDIVIDUAL = "individual", "个人"
    OTHER = "other", "其他"


class LeaseForm(Vocabulary):
    """Whether the tenant rents from the owner or from another tenant."""

    DIRECT = "direct", "直接向产权单位承租"
    SUBLEASE = "sublease", "向二房东转租"


class Use(Vocabulary):
    """What the rented space is used for."""

    PRODUCTION = "production", "从事生产经营活动"
    OFFICE = "office", "办公用房"
    TEACHING = "teaching", "从事办学活动"
    MIXED = "mixed", "混合用途"


class PartUse(Vocabulary):
    """What one part of a lease with mixed use is used for."""

    PRODUCTION = "production", "从事生产经营活动"
    OFFICE = "office", "办公用房"
    TEACHING = "teaching", "从事办学活动"


class RentBasis(Vocabulary):
    """The period the lease states its rent for."""

    MONTH = "month", "按月"
    QUARTER = "quarter", "按季"
    YEAR = "year", "按年"
    DAY = "day", "按日（合同约定日租金）"


class Operation(Vocabulary):
    """How the applicant operated during the epidemic."""

    OPEN_AS_REQUIRED = "open_as_required", "按照政府要求坚持营业"
    CLOSED_BY_RULE = "closed_by_rule", "依照防疫规定关闭停业"
    NEITHER = "neither", "均不属于"


class Opening(Vocabulary):
    """What became of a school's opening."""

    DELAYED_BY_RULE = "delayed_by_rule", "依照防疫规定延期开学"
    ONLINE_ONLY = "online_only", "场所未开放，改为线上教学"
    OPENED = "opened", "未延期开学"


class School(Vocabulary):
    """What kind of school (三) speaks of."""

    KINDERGARTEN = "kindergarten", "民办幼儿园"
    TRAINING = "training", "民办教育培训机构"
    OTHER = "other", "其他"


class Approval(Vocabulary):
    """Who approved the school."""

    CITY_EDUCATION = "city_education", "市教委"
    DISTRICT_EDUCATION = "district_education", "区教委"
    NONE = "none", "未经教委审批认定"


class Carrier(Vocabulary):
    """The kinds of 载体 that (二) names; its list is open (等)."""

    FEATURED_PARK = "featured_park", "特色园"
    INCUBATOR = "incubator", "科技企业孵化器"
    MAKERSPACE = "makerspace", "众创空间"
    STARTUP_BASE = "startup_base", "创业基地"
    CULTURE_PARK = "culture_park", "文化产业园"
    OTHER = "other", "其他载体"


class TenantKind(Vocabulary):
    """What a landlord's tenant is."""

    ENTERPRISE = "enterprise", "企业"
    BRANCH = "branch", "企业分支机构（分公司）"
    INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"
    SCHOOL = "school", "民办幼儿园、民办教育培训机构"
    UNREGISTERED = "unregistered", "未注册的创业团队"
    OTHER = "other", "其他"


class Relief(Vocabulary):
    """What the landlord did with the rent."""

    REDUCED = "reduced", "减免"
    DEFERRED = "deferred", "缓交"
    RECOVERED = "recovered", "先减后补收"


class Holding(Vocabulary):
    """By what right the landlord lets the rooms."""

    OWNED = "owned", "自有产权"
    SUBLET = "sublet", "承租后转租"
    NONE = "none", "无权出租"


class Trade(Vocabulary):
    """The trade of a chain; (四) names the first four and no other."""

    CATERING = "catering", "餐饮"
    CONVENIENCE = "convenience", "便利店"
    BEAUTY = "beauty", "美容美发"
    DOMESTIC = "domestic", "家政"
    OTHER = "other", "其他"


class Outlet(Vocabulary):
    """The legal form of a shop."""

    BRANCH = "branch", "分公司"
    SUBSIDIARY = "subsidiary", "子公司"
    INDIVIDUAL_BUSINESS = "individual_business", "个体工商户"


class Chain(Vocabulary):
    """Who runs the shop."""

    DIRECT = "direct", "直营"
    FRANCHISE = "franchise", "加盟"


class Payer(Vocabulary):
    """Who bears a shop's rent in the end."""

    BRANCH = "branch", "分公司（门店）承担"
    PARENT_FOR_BRANCH = "parent_for_branch", "总公司代付，由分公司（门店）承担"
    PARENT = "parent", "总公司承担"
    OTHER = "other", "其他方承担"


class Guarantor(Vocabulary):
    """What kind of guarantee institution applies."""

    GOVERNMENT = "government", "政府性融资担保机构"
    PRIVATE = "private", "其他融资担保机构"


class Sector(Vocabulary):
    """The key industries (十三) names; its list is open (等)."""

    TECHNOLOGY = "technology", "科技创新"
    CITY_OPERATION = "city_operation", "城市运行保障"
    LIFE_SERVICE = "life_service", "生活性服务业"
    OTHER = "other", "其他"


class Field(Vocabulary):
    """The four fields of special difficulty that (十四) names."""

    RENT = "rent", "房租减免"
    FINANCE = "finance", "融资融通"
    REOPENING = "reopening", "复工复产"
    DEVELOPMENT = "development", "发展生产"


class Purchase(Vocabulary):
    """What an enterprise may ask for under (七)."""

    GOVERNMENT = "government", "政府采购"
    STATE_OWNED = "state_owned", "区属国有企业采购"
    PUBLICITY = "publicity", "宣传推介"


class Voucher(Vocabulary):
    """The vouchers of (九)."""

    GIFT_PACK = "gift_pack", "大礼包消费券"
    CULTURE = "culture", "文化消费券"


class Investor(Vocabulary):
    """The institutions (十) names for risk support."""

    VENTURE_CAPITAL = "venture_capital", "风投和创投机构"
    FINANCIAL = "financial", "金融机构"
    OTHER = "other", "其他"


class Certificate(Vocabulary):
    """High-tech certificates (十) names."""

    NATIONAL = "national", "国家高新技术企业"
    ZHONGGUANCUN = "zhongguancun", "中关村高新技术企业"
    NONE = "none", "没有"


class Client(Vocabulary):
    """Whom (十一) wants served."""

    REGULATOR = "regulator", "金融监管机构"
    FINANCIAL = "financial", "金融机构"
    OTHER = "other", "其他"


class Technology(Vocabulary):
    """The frontier technologies (十一) names; its list is open (等)."""

    ARTIFICIAL_INTELLIGENCE = "artificial_intelligence", "人工智能"
    BLOCKCHAIN = "blockchain", "区块链"
    OTHER = "other", "其他前沿技术"


class Obstacle(Vocabulary):
    """What stands in the way of reopening under (十二)."""

    STAFF = "staff", "员工返岗、防疫要求"
    PREMISES = "premises", "场所、工地不能开放"
    LICENCE = "licence", "登记、许可"
    OTHER = "other", "其他"


class Business(Vocabulary):
    """The field of business an application is routed by (facts A5, measure 十二)."""

    COMMERCE = "commerce", "商业、生活性服务业"
    RETAIL = "retail", "便利店、零售"
    CULTURE_TOURISM = "culture_tourism", "文化、旅游"
    TECHNOLOGY = "technology", "科技"
    CONSTRUCTION = "construction", "建筑工地"
    FINANCE = "finance", "金融"
    MARKET = "market", "市场、登记许可"
    EDUCATION = "education", "教育"
    OTHER = "other", "其他"
