"""Headings and words of the tables about people and where they are."""

from __future__ import annotations

from dispatch.files.columns import MODES, TIERS, Kind, TableSpec, column, make_words

PLACE_KINDS = make_words(
    village="村 村庄 家",
    assembly="assembly_point 集合点 上车点 集中点",
    terminal="station airport 车站 火车站 机场 站",
    site="gate 企业 厂区 工厂",
    depot="车场 停车场",
    rest="rest_place 服务区 休息点",
)
PRECISIONS = make_words(gate="门口", village="村", township="乡镇", county="县 县城", prefecture="市")
DATUMS = make_words(wgs84="wgs-84 gps", gcj02="gcj-02 高德 腾讯 火星", bd09="bd-09 百度")
RESULTS = make_words(
    ok="pass normal negative 合格 正常 阴性 绿码 通过",
    bad="fail abnormal positive 不合格 异常 阳性",
    pending="待定 待出 未出",
)
EVIDENCE = make_words(
    certificate="健康证明 健康证 健康申报证明",
    temperature_log="temperature 体温 体温记录 测温",
    nucleic_test="pcr 核酸 核酸检测",
    chest_exam="胸片 胸部检查 ct",
    blood_test="血常规 血检",
    health_code="健康码",
)
NEEDS = make_words(
    no_bus="不乘大巴 不坐大巴",
    no_train="不乘火车 不坐火车",
    no_charter="不乘飞机 不坐飞机",
    wheelchair="轮椅",
    front_seat="前排 前排座位",
)
LOCK_KINDS = make_words(
    date="日期",
    service="车次 航班",
    mode="交通方式 方式",
    fleet="车队",
    together="同行 同车",
    apart="分开 不同车",
)

WORKERS = TableSpec(
    name="workers",
    meaning="one row per worker",
    also=("roster", "人员", "名单", "花名册", "务工人员"),
    id_column="worker_id",
    columns=(
        column("worker_id", Kind.ID, "unique id", "id 工号 编号 人员编号", required=True),
        column("name", Kind.TEXT, "name", "姓名", required=True),
        column(
            "document",
            Kind.ID,
            "ID or passport number, optional",
            "id_number 身份证号 身份证号码 身份证 证件号码 证件号",
        ),
        column("phone", Kind.ID, "phone", "mobile 联系电话 电话 手机 手机号 手机号码"),
        column("sex", Kind.CHOICE, "F or M", "gender 性别", words=make_words(F="f female 女", M="m male 男")),
        column("birth_year", Kind.INT, "year of birth", "born 出生年份 出生年", low=1900, high=2100),
        column(
            "home",
            Kind.TEXT,
            "place id or name of the home",
            "home_place 家庭住址 户籍地 住址 家庭地址 户籍地址",
        ),
        column(
            "boarding_place",
            Kind.TEXT,
            "place id or name, if not the home's",
            "boarding 上车点 上车地点 乘车点",
        ),
        column(
            "site",
            Kind.TEXT,
            "site id or name; empty or seeking = none yet",
            "site_id employer 用工企业 企业 务工企业 用工单位",
        ),
        column("earliest", Kind.DATE, "first date wanted", "earliest_date 最早日期 最早出发"),
        column("preferred", Kind.DATE, "date wanted most", "preferred_date 期望日期 希望日期"),
        column("latest", Kind.DATE, "last date wanted", "latest_date 最晚日期 最晚出发"),
        column(
            "required_on_post", Kind.DATE, "must have arrived by", "required_on_post_date 到岗日期 到岗时间"
        ),
        column(
            "party",
            Kind.ID,
            "people of one party travel together",
            "party_id household 同行组 家庭编号 同行编号",
        ),
        column("all_or_none", Kind.BOOL, "the party travels only whole", "整组同行 必须同行"),
        column("class", Kind.TEXT, "class of the unserved penalty", "priority_class 人员类别 类别"),
        column("modes", Kind.CHOICES, "accepted modes", "mode 交通方式 出行方式", words=MODES),
        column(
            "needs", Kind.CHOICES, "special needs", "special_needs 特殊需求", words=NEEDS, open_words=True
        ),
        column("payer", Kind.ID, "payer group", "payer_id 承担方 付费方"),
        column("emergency_contact", Kind.TEXT, "name and phone", "紧急联系人"),
    ),
)
PLACES = TableSpec(
    name="places",
    meaning="one row per place; coordinates may be left out when the name is known",
    also=("地点", "上车点"),
    id_column="place_id",
    columns=(
        column("place_id", Kind.ID, "unique id", "id 地点编号 编号", required=True),
        column("name", Kind.TEXT, "name", "名称 地点 地点名称", required=True),
        column(
            "kind", Kind.CHOICE, "village, assembly, terminal, site, depot or rest", "类型", words=PLACE_KINDS
        ),
        column("region", Kind.TEXT, "region id or name", "region_id county 所属地区 地区 县区"),
        column("lat", Kind.DECIMAL, "latitude", "latitude 纬度", low=-90, high=90),
        column("lon", Kind.DECIMAL, "longitude", "lng longitude 经度", low=-180, high=180),
        column("datum", Kind.CHOICE, "wgs84 (default), gcj02 or bd09", "坐标系", words=DATUMS),
        column("precision", Kind.CHOICE, "how exact", "精度", words=PRECISIONS),
        column(
            "assembly_place",
            Kind.TEXT,
            "place where people of this place board",
            "assembly_point 集合点 集中上车点",
        ),
        column("boards_from", Kind.CLOCK, "boarding hours begin (06:00)", "最早上车"),
        column("boards_until", Kind.CLOCK, "boarding hours end (22:00)", "最晚上车"),
        column("source", Kind.TEXT, "where the coordinates come from", "来源"),
        column("assumed", Kind.BOOL, "the coordinates are a default or invention (no)", "假定 假设"),
    ),
)
REGIONS = TableSpec(
    name="regions",
    meaning="one row per region and date from which a tier or an entry rule holds",
    also=("地区",),
    columns=(
        column("region", Kind.TEXT, "region id or name", "region_id id 地区 地区编号 行政区划", required=True),
        column("name", Kind.TEXT, "name of a region of your own", "名称"),
        column("level", Kind.CHOICE, "county, prefecture, province, country: makes a region of your own", "级别",
               words=make_words(county="县 区县", prefecture="市 地级市", province="省", country="国家")),
        column("parent", Kind.TEXT, "region above", "上级 上级地区"),
        column("destination_area", Kind.ID, "group of destinations that may share a coach", "目的地片区 片区"),
        column("pickup_group", Kind.ID, "group of counties that may share a coach", "联合接送组 接送组"),
        column("from", Kind.DATE, "date from which tier and entry rule hold", "from_date 起始日期 开始日期"),
        column("tier", Kind.CHOICE, "low, medium or high", "风险等级 风险", words=TIERS),
        column("entry_rule", Kind.TEXT, "name of the entry rule", "准入规则"),
    ),
)  # fmt: skip
SITES = TableSpec(
    name="sites",
    meaning="one row per factory gate",
    also=("企业", "用工企业"),
    id_column="site_id",
    columns=(
        column("site_id", Kind.ID, "unique id", "id 企业编号 编号", required=True),
        column("name", Kind.TEXT, "name of the gate", "名称 厂区 企业名称", required=True),
        column("employer", Kind.TEXT, "employer (the name, if empty)", "用工企业 企业 用工单位 公司"),
        column("place", Kind.TEXT, "place id or place name", "place_id 地点 地址"),
        column("region", Kind.TEXT, "region id or name", "region_id 所属地区 地区"),
        column("lat", Kind.DECIMAL, "latitude", "latitude 纬度", low=-90, high=90),
        column("lon", Kind.DECIMAL, "longitude", "lng longitude 经度", low=-180, high=180),
        column("datum", Kind.CHOICE, "wgs84 (default), gcj02 or bd09", "坐标系", words=DATUMS),
        column("opens_on", Kind.DATE, "first date on which people may arrive", "开工日期 复工日期"),
        column("accepted", Kind.BOOL, "the employer has accepted the people (yes)", "已确认 同意接收"),
        column("receives_from", Kind.CLOCK, "receiving hours begin (00:00)", "接收开始"),
        column("receives_until", Kind.CLOCK, "receiving hours end (24:00)", "接收结束"),
        column(
            "arrivals_per_day",
            Kind.INT,
            "most arrivals per date, empty = no limit",
            "每日接收人数 日接收上限",
            low=0,
        ),
        column(
            "last_mile_by_receiver",
            Kind.BOOL,
            "the receiving side fetches people at the terminal",
            "企业接站 接站",
        ),
        column("contact_name", Kind.TEXT, "contact", "联系人"),
        column("contact_phone", Kind.ID, "phone of the contact", "联系电话 联系人电话"),
    ),
)
HEALTH = TableSpec(
    name="health",
    meaning="one row per piece of evidence",
    also=("健康", "健康资料", "健康核验"),
    columns=(
        column("worker_id", Kind.ID, "worker", "worker 工号 编号 人员编号", required=True),
        column(
            "kind",
            Kind.CHOICE,
            "kind of evidence",
            "类型 资料类型",
            words=EVIDENCE,
            open_words=True,
            required=True,
        ),
        column("date", Kind.DATE, "date of the evidence", "日期", required=True),
        column("result", Kind.CHOICE, "ok, bad or pending (ok)", "结果", words=RESULTS),
        column("issuer", Kind.TEXT, "who issued it", "签发单位 出具单位"),
        column("signatures", Kind.INT, "number of signatures", "签字数 签字", low=0, high=99),
        column("seals", Kind.INT, "number of seals", "盖章数 盖章", low=0, high=99),
        column("valid_until", Kind.DATE, "last valid date printed on it", "有效期至 有效期"),
        column("verified", Kind.BOOL, "verified, not only declared (no)", "已核验 核验"),
    ),
)
PAYERS = TableSpec(
    name="payers",
    meaning="one row per payer and cost term",
    also=("承担方", "费用承担"),
    columns=(
        column("payer_id", Kind.ID, "id", "id 编号", required=True),
        column("name", Kind.TEXT, "name", "名称 承担方"),
        column("group", Kind.ID, "payer group named by workers (payer_id, if empty)", "group_id 人员组"),
        column("term", Kind.TEXT, "cost term, * = all (*)", "费用项目 费用"),
        column("share", Kind.DECIMAL, "share 0 to 1 (1)", "比例", low=0, high=1),
        column("budget", Kind.DECIMAL, "most that may be spent", "预算", low=0),
    ),
)
LOCKS = TableSpec(
    name="locks",
    meaning="one row per wish that binds a party",
    also=("锁定", "约定"),
    columns=(
        column(
            "kind",
            Kind.CHOICE,
            "date, service, mode, fleet, together or apart",
            "类型",
            words=LOCK_KINDS,
            required=True,
        ),
        column("worker_id", Kind.ID, "a worker of the party", "worker 工号 编号", required=True),
        column(
            "value", Kind.ID, "date, service id, mode, fleet id or the other worker", "值 内容", required=True
        ),
    ),
)
FACTS = TableSpec(
    name="facts",
    meaning="one row per figure reported about the real campaign",
    also=("报道数据", "事实"),
    columns=(
        column("key", Kind.ID, "short name", "键", required=True),
        column("label", Kind.TEXT, "what it is", "说明 指标", required=True),
        column("value", Kind.TEXT, "figure as reported", "数值", required=True),
        column("source", Kind.TEXT, "where it was reported", "来源", required=True),
        column("confidence", Kind.TEXT, "A, B, C or D", "可信度"),
    ),
)
ASSUMED = TableSpec(
    name="assumed",
    meaning="one row per value that nobody reported, shown as assumed in every output",
    also=("假定", "假设"),
    columns=(
        column("what", Kind.TEXT, "what was assumed", "内容 事项", required=True),
        column("value", Kind.TEXT, "value assumed", "数值 取值", required=True),
        column("why", Kind.TEXT, "why this value", "理由 依据"),
        column("subject", Kind.TEXT, "whom or what it is about (the scenario, if empty)", "对象"),
        column("table", Kind.TEXT, "table in which the value stands", "表格 表"),
        column("people", Kind.INT, "workers it touches (all, if empty)", "涉及人数 人数", low=0),
    ),
)
