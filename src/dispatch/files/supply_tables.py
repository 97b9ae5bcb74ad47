"""Headings and words of the tables about vehicles, services, travel and crew."""

from __future__ import annotations

from dispatch.files.columns import MODES, Kind, TableSpec, column, make_words

SERVICE_KINDS = make_words(
    chartered="包车 包列 包机 专列", block="切块 团体车厢 车厢", seats="scheduled_seats 散座 散票"
)
STATUSES = make_words(candidate="候选 待申请", requested="已申请", confirmed="已确认", refused="被拒 拒绝")
ROLES = make_words(driver="驾驶员 司机", escort="随车人员 带队 带队人员")

VEHICLE_TYPES = TableSpec(
    name="vehicle_types",
    meaning="one row per kind of coach",
    also=("车型",),
    id_column="type_id",
    columns=(
        column("type_id", Kind.ID, "unique id", "id type 车型编号 编号", required=True),
        column("name", Kind.TEXT, "name", "名称 车型"),
        column(
            "approved",
            Kind.INT,
            "approved persons, driver included",
            "seats 核定人数 核载",
            required=True,
            low=2,
            high=500,
        ),
        column(
            "rows", Kind.TEXT, "seats of each row, e.g. 4x12+5 (rows of 4, the last of 5)", "座位排 座位布局"
        ),
        column("speed_kmh", Kind.INT, "own speed", "时速 速度", low=10, high=150),
        column("ventilated", Kind.BOOL, "windows can be opened", "可开窗通风"),
    ),
)
FLEET = TableSpec(
    name="fleet",
    meaning="one row per type, depot and range of dates",
    also=("车队", "运力"),
    columns=(
        column("fleet_id", Kind.ID, "id (type@depot, if empty)", "id 车队编号 编号"),
        column("type", Kind.ID, "vehicle type", "type_id vehicle_type 车型", required=True),
        column("depot", Kind.TEXT, "place id or name", "depot_place 车场 驻地", required=True),
        column("from", Kind.DATE, "first date of this count", "from_date 起始日期 开始日期"),
        column("to", Kind.DATE, "last date of this count", "to_date 结束日期 截止日期"),
        column("count", Kind.INT, "coaches; empty in all rows = no limit", "数量 车辆数", low=0),
        column("day_rate", Kind.DECIMAL, "money per vehicle and day", "per_day 日租金 台班费", low=0),
        column("km_rate", Kind.DECIMAL, "money per km, empty km too", "per_km 每公里单价 公里单价", low=0),
        column(
            "driver_day_rate",
            Kind.DECIMAL,
            "money per driver and day",
            "per_driver_day 驾驶员日工资 司机日工资",
            low=0,
        ),
        column("lump_sum", Kind.DECIMAL, "money per trip instead of all others", "包车总价 每趟总价", low=0),
        column("returns", Kind.BOOL, "comes back to the depot (yes)", "是否返回 返回"),
        column("registered_in", Kind.TEXT, "region of registration", "registered_region 注册地 车籍地"),
        column(
            "local_only",
            Kind.BOOL,
            "only for trips within one prefecture, e.g. township buses (no)",
            "仅限市内",
        ),
        column("standby_ratio", Kind.DECIMAL, "share kept in reserve, 0 to 1", "备用比例", low=0, high=1),
        column("operator", Kind.TEXT, "bus company", "承运企业 运输企业"),
        column(
            "assumed",
            Kind.BOOL,
            "a default or invention, to be marked wherever it is shown (no)",
            "假定 假设",
        ),
    ),
)
TERMINALS = TableSpec(
    name="terminals",
    meaning="one row per station or airport",
    also=("车站机场", "站点", "枢纽"),
    id_column="terminal_id",
    columns=(
        column("terminal_id", Kind.ID, "place id", "place place_id id 站点编号 编号", required=True),
        column("name", Kind.TEXT, "name (of the place, if empty)", "名称 站名"),
        column("modes", Kind.CHOICES, "train, charter", "mode 交通方式", words=MODES),
        column("region", Kind.TEXT, "region id or name", "region_id 所属地区 地区"),
        column("lat", Kind.DECIMAL, "latitude", "latitude 纬度", low=-90, high=90),
        column("lon", Kind.DECIMAL, "longitude", "lng longitude 经度", low=-180, high=180),
        column(
            "datum",
            Kind.CHOICE,
            "wgs84 (default), gcj02 or bd09",
            "坐标系",
            words=make_words(wgs84="wgs-84", gcj02="gcj-02 高德", bd09="bd-09 百度"),
        ),
        column(
            "buffer_min", Kind.INT, "least minutes between coach and departure (60)", "buffer 换乘分钟", low=0
        ),
        column("bays", Kind.INT, "coaches at a time, empty = no limit", "车位 泊位", low=0),
        column("slot_min", Kind.INT, "length of a bay slot in minutes (30)", "slot 时段分钟", low=1),
        column("trains_per_day", Kind.INT, "most own trains per date", "每日列数", low=0),
        column("aircraft_per_day", Kind.INT, "most own aircraft per date", "每日架次", low=0),
        column("time_zone", Kind.TEXT, "own time zone, if not the scenario's", "时区"),
    ),
)
SERVICES = TableSpec(
    name="services",
    meaning="one row per train or flight, on one or several dates",
    also=("车次", "车次航班", "班次"),
    columns=(
        column("service_id", Kind.ID, "unique id", "id 车次编号 编号", required=True),
        column("name", Kind.TEXT, "name, e.g. K4558", "车次 航班号 名称"),
        column("mode", Kind.CHOICE, "train or charter", "交通方式", words=MODES, required=True),
        column("kind", Kind.CHOICE, "chartered, block or seats (chartered)", "类型", words=SERVICE_KINDS),
        column(
            "status",
            Kind.CHOICE,
            "candidate, requested, confirmed, refused (candidate)",
            "状态",
            words=STATUSES,
        ),
        column("committed", Kind.BOOL, "must run (no)", "必须开行 已定"),
        column(
            "dates",
            Kind.TEXT,
            "a date, a list with ; or a daily range with ..; empty if the stops have dates",
            "date 日期",
        ),
        column(
            "carriage_seats",
            Kind.INT,
            "approved persons per carriage, or seats on sale",
            "seats 每车厢定员 定员 座位数",
            required=True,
            low=1,
        ),
        column("min_carriages", Kind.INT, "fewest carriages (1)", "最少车厢", low=1),
        column("max_carriages", Kind.INT, "most carriages (1)", "最多车厢 车厢数", low=1),
        column("isolation_seats", Kind.INT, "kept empty per carriage (as the rules say)", "隔离座位", low=0),
        column("min_load", Kind.INT, "fewest passengers", "最低人数 起运人数", low=0),
        column("fixed", Kind.DECIMAL, "money when it runs", "固定费用 包价", low=0),
        column("per_carriage", Kind.DECIMAL, "money per carriage", "每车厢费用", low=0),
        column("per_seat", Kind.DECIMAL, "money per passenger", "票价 每座费用", low=0),
        column("operator", Kind.TEXT, "carrier", "承运企业 承运人"),
        column(
            "assumed",
            Kind.BOOL,
            "a default or invention, to be marked wherever it is shown (no)",
            "假定 假设",
        ),
    ),
)
SERVICE_STOPS = TableSpec(
    name="service_stops",
    meaning="one row per stop of a service; times are relative to the service date (07:10+1 = next day)",
    also=("车次停靠", "停靠站"),
    columns=(
        column("service_id", Kind.ID, "service", "service 车次编号 编号", required=True),
        column("order", Kind.INT, "1, 2, 3 ... (the order of the rows)", "序号 顺序", low=0),
        column(
            "place",
            Kind.TEXT,
            "terminal id or name",
            "terminal terminal_id place_id 站点 车站",
            required=True,
        ),
        column("arrive", Kind.TEXT, "arrival: 07:10, 07:10+1 or 2020-03-02 07:10", "到达 到达时间"),
        column("depart", Kind.TEXT, "departure, likewise", "出发 发车时间 开车时间"),
        column("boards", Kind.BOOL, "people may board (all but the last stop)", "可上车"),
        column("alights", Kind.BOOL, "people may alight (all but the first stop)", "可下车"),
    ),
)
TRAVEL = TableSpec(
    name="travel",
    meaning="one row per directed pair of places (a site id stands for its gate)",
    also=("里程", "路程"),
    columns=(
        column("from", Kind.TEXT, "place id or name", "from_id 起点 出发地", required=True),
        column("to", Kind.TEXT, "place id or name", "to_id 终点 目的地", required=True),
        column("km", Kind.DECIMAL, "road km", "公里 里程", required=True, low=0),
        column("minutes", Kind.DECIMAL, "driving minutes", "min 分钟 行车分钟", required=True, low=0),
    ),
)
CREW = TableSpec(
    name="crew",
    meaning="one row per driver or escort",
    also=("驾乘人员", "驾驶员", "司乘"),
    id_column="crew_id",
    columns=(
        column("crew_id", Kind.ID, "unique id", "id 编号", required=True),
        column("name", Kind.TEXT, "name", "姓名", required=True),
        column("role", Kind.CHOICE, "driver or escort (driver)", "岗位 角色", words=ROLES),
        column("depot", Kind.TEXT, "place id or name", "depot_place 车场 驻地"),
        column("phone", Kind.ID, "phone", "联系电话 电话 手机"),
        column("duties", Kind.TEXT, "fleet ids joined by |, empty = all of the depot", "fleets 车队"),
        column(
            "used_week_h",
            Kind.DECIMAL,
            "hours driven in the seven days before",
            "本周已驾驶小时",
            low=0,
            high=168,
        ),
    ),
)
