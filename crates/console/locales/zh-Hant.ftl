# 繁體中文。

## Frame
product = Quartermaster
skip-to-content = 跳到內容
nav-label = 主選單
nav-overview = 總覽
nav-orders = 訂單
nav-stock = 庫存
nav-nodes = 據點
nav-stations = 揀貨包裝
nav-receive = 收貨
nav-import = 匯入訂單
find-label = 尋找訂單、商品、包裹或據點
find-placeholder = 搜尋或掃描任何條碼
menu-of-person = 您的選單
choose-language = 語言
choose-theme = 配色
theme-device = 依裝置
theme-light = 淺色
theme-dark = 深色
clocks-in-zone = 時間以 { $zone } 時區顯示。
keys-title = 鍵盤
keys-search = 搜尋
keys-rows = 下一列與上一列
sign-out = 登出
drawer-label = 詳細資料
close = 關閉
any = 全部
apply = 套用
clear = 清除
reason = 原因
quantity = 數量
required = 必填
older = 更早
pages-label = 分頁
first-page = 第一頁
next-page = 下一頁
live-on = 即時
live-off = 重新連線中…

## Numbers and time
units = { $count } 件
units-waiting = { $count } 件待處理
units-late = { $count } 件逾時
orders-count = { $count } 筆訂單
late-count = 逾時 { $count }
short-count = 短缺 { $count }
refused-count = 拒絕 { $count }
kilometres = { $count } 公里
weight-grams = { $count } 公克
weight-kilograms = { $amount } 公斤
time-now = 現在
time-minutes-ago = { $count } 分鐘前
time-in-minutes = { $count } 分鐘後
time-hours-ago = { $count } 小時前
time-in-hours = { $count } 小時後
time-days-ago = { $count } 天前
time-in-days = { $count } 天後

## Columns
column-backlog = 待處理
column-capabilities = 服務
column-channel = 通路
column-column = 欄位
column-cost = 成本
column-customer = 顧客
column-distance = 距離
column-due = 期限
column-item = 商品
column-kind = 類型
column-line = 行
column-node = 據點
column-oldest = 最久
column-order = 訂單
column-ordered = 訂購
column-price = 單價
column-problem = 問題
column-stage = 階段
column-total = 總額
column-units = 件數
column-value = 內容
column-verdict = 結果

## Words: units of an order
state-unallocated = 未分配
state-backordered = 等候補貨
state-allocated = 已分配
state-picked = 已揀貨
state-packed = 已包裝
state-shipped = 已出貨
state-ready-for-pickup = 可取貨
state-delivered = 已送達
state-cancelled = 已取消
state-returned = 已退回
state-lost = 遺失

## Words: stock
stock-on-hand = 在庫
stock-available = 可用
stock-held = 保留
stock-allocated = 已分配
stock-picked = 已揀貨
stock-packed = 已包裝
stock-staged = 待裝車
stock-damaged = 損壞
stock-quarantine = 待檢
stock-in-transit = 運送中
stock-incoming = 即將到貨
stock-supplier = 供應商
stock-customer = 顧客
stock-production = 生產
stock-loss = 損失
moved-receive = 收貨
moved-allocate = 分配
moved-release = 釋出
moved-pick = 揀貨
moved-short = 找不到
moved-pack = 包裝
moved-dispatch = 出貨
moved-return = 退回
moved-adjust = 更正

## Words: nodes and work
node-regional-centre = 區域中心
node-store = 門市
node-vendor = 供應商
node-partner = 物流夥伴
can-ship = 出貨
can-pickup = 取貨
method-ship = 宅配
method-pickup = 到店取貨
work-to-pick = 待揀貨
work-picking = 揀貨中
work-to-pack = 待包裝
work-to-ship = 待出貨
work-shipped = 已出貨
work-rejected = 已拒絕
work-cancelled = 已取消

## Words: parcels
milestone-label-created = 準備中
milestone-picked-up = 已交給物流
milestone-in-transit = 運送中
milestone-delayed = 延誤
milestone-on-hold = 物流暫停處理
milestone-out-for-delivery = 配送中
milestone-ready-for-pickup = 可領取
milestone-attempt-failed = 投遞未成功
milestone-delivered = 已送達
milestone-returning = 退回寄件人途中
milestone-returned = 已退回寄件人
milestone-cancelled = 已取消
milestone-lost = 遺失
milestone-damaged = 損壞
milestone-undeliverable = 無法投遞
milestone-unknown = 物流訊息

## Words: views of the orders
queue-all = 全部
queue-unallocated = 未分配
queue-to-pick = 待揀貨
queue-to-pack = 待包裝
queue-to-ship = 待出貨
queue-on-the-way = 運送中
queue-delivered = 已送達
queue-cancelled = 已取消
queue-late = 逾時

## Words: what happened
event-order-placed = 訂單成立
event-order-refused = 訂單被拒
event-order-allocated = 已選定據點
event-order-resourced = 改由其他據點處理
event-order-cancelled = 取消件數
event-picked = 已揀貨
event-short-picked = 揀貨短缺
event-packed = 已封箱
event-label-bought = 已購買託運單
event-label-failed = 託運單失敗
event-dispatched = 包裹已出貨
event-parcel-scanned = 物流掃描
event-delivered = 已送達
event-parcel-problem = 包裹異常
event-payment-authorised = 款項已授權
event-payment-captured = 款項已請款
event-payment-refunded = 款項已退回
event-stock-received = 已收貨
event-stock-adjusted = 庫存已更正

## Overview
tiles-label = 今天
tile-orders = 今日訂單
tile-yesterday = 昨日此時 { $count } 筆
tile-late = 逾時未出貨
tile-soon = 兩小時內還有 { $count } 筆
tile-refused = 今日拒絕
tile-refused-hint = 因庫存不足
tile-exceptions = 異常
tile-exceptions-hint = 需要決定
stages-title = 待處理件數
hours-title = 每小時訂單
hours-label = 今日 { $count } 筆訂單，依小時
recent-title = 最近動態
recent-empty = 尚無動態
recent-empty-hint = 第一筆訂單或收貨會自動出現在這裡。
map-label = { $count } 個據點的地圖

## Orders
views-label = 檢視
orders-search = 搜尋
orders-search-hint = 編號、參考號、姓名、SKU
orders-empty = 這裡沒有訂單
orders-empty-hint = 各通路的新訂單會自動出現，您也可以匯入檔案。
orders-none-found = 沒有符合的訂單
orders-none-found-hint = 請減少字詞，或清除篩選。
no-node-yet = 尚無據點
not-due = —

## One order
order-title = 訂單 { $number }
promise-title = 承諾
promised-by = 承諾於 { $when } 前
no-promise = 未承諾日期。
lifeline-label = 訂單歷程：{ $count } 個事件
lines-title = 明細
fulfilments-title = 履行單
fulfilments-empty = 尚無據點處理
fulfilments-empty-hint = 到貨後立即選定據點。
picked-of = 已揀 { $count }／{ $total }
go-pick = 揀貨
go-pack = 包裝
parcels-title = 包裹
parcels-empty = 尚無包裹
parcels-empty-hint = 封箱後包裹會出現在這裡。
label-pdf = 託運單（PDF）
label-zpl = 託運單（ZPL）
why-title = 為何選這個據點？
why-empty = 尚無決定
why-empty-hint = 每次選擇據點的決定及其比較都保存在這裡。
decision-accept = 接單時選定
decision-re-source = 重新選定
decision-restock = 到貨後選定
decision-exact = 沒有更便宜的方案。
decision-limited = 搜尋範圍內的最佳方案。
cost-packages = 包裝
cost-weight = 重量
cost-lines = 揀貨
chosen = 選定
verdict-chosen = 供應 { $count } 件
verdict-tie = 成本相同，排序在後
verdict-dearer = 會多花 { $extra }
verdict-at-least-dearer = 至少會多花 { $extra }
verdict-incomplete = 含此據點的方案都無法全數供應
excluded-inactive = 已停用
excluded-method-not-offered = 不提供此方式
excluded-out-of-area = 目的地超出範圍
excluded-rejected = 曾拒絕此訂單
excluded-rule = 商家規則
customer-page = 顧客頁面
money-title = 款項
money-authorised = 已授權
money-captured = 已請款
money-refunded = 已退款
timeline-title = 歷程
raw-title = 通路原始資料

## Cancelling
cancel-title = 取消件數…
cancel-hint = 選擇每項要取消的件數。執行前會先顯示結果。
cancellable = 可取消 { $count } 件
cancel-preview = 預覽
cancel-customer = 顧客要求
cancel-out-of-stock = 無法供貨
cancel-duplicate = 重複下單
cancel-fraud = 疑似詐騙
cancel-other = 其他
cancel-page-title = 取消訂單 { $number } 的件數
cancel-whole = 將取消整筆訂單：{ $count } 件。
cancel-part = 將取消 { $count } 件，其餘繼續處理。
cancel-because = 原因：{ $reason }。
cancel-back-to = 放回 { $node } 的貨架
cancel-not-held = 未保留於任何據點
cancel-refund = 顧客將收到退款 { $amount }。
cancel-release = { $amount } 將不會請款。
cancel-no-money = 不涉及款項。
cancel-final = 取消後無法恢復，需重新下單。
cancel-do = 取消 { $count } 件
keep-order = 保留訂單

## Stock
stock-search = 搜尋
stock-search-hint = SKU、條碼、名稱
stock-hint = 點選任何數字可開啟其帳目。
stock-empty = 尚無庫存
stock-empty-hint = 收貨後，商品會出現在這裡。
stock-none-found = 沒有符合的商品
stock-none-found-hint = 請減少字詞，或清除篩選。
ledger = 帳目
ledger-title = 帳目：{ $item }
ledger-empty = 沒有異動
ledger-empty-hint = 此餘額的每次異動都會列出原因。
all-nodes = 所有據點
balance-after = 餘額

## Nodes
legend-size = 大小＝待處理量
nodes-empty = 尚無據點
nodes-empty-hint = 請透過 API 或示範資料新增第一個據點。
node-facts = 資料
queue-title = 工作佇列
work-empty = 這裡沒有待處理工作
work-empty-hint = 訂單分派到此後會立即出現。

## Stations
stations-title = 您在哪裡工作？
stations-empty = 尚無工作站
stations-empty-hint = 每個履行訂單的據點都有工作站。
to-pick-count = 待揀 { $count }
to-pack-count = 待包 { $count }
start-next = 開始下一項
next-task = 下一項工作
pick-title = 揀貨 { $order }
pick-done = 全部揀完
pack-title = 包裝 { $order }
pack-done = 包裝完成
left-of = 完成 { $count }／{ $total }
in-box = 開啟的箱內有 { $count } 件
scan-label = 掃描商品
scan-next = 可以掃描
scan-ok = 正確
scan-wrong = 不屬於此訂單
scan-too-many = 數量已足
scan-wrong-order = 屬於其他訂單
scan-unknown = 未知條碼
scan-done = 完成
send = 送出
type-instead = 改用輸入
outbox-waiting = 已存於本機，傳送中…
outbox-offline = 已存於本機，網路恢復後傳送。
outbox-failed = 未被接受。請檢查頁面後重新掃描。
short-title = 找不到
short-hint = 缺少 { $count } 件，原因？
short-not-found = 貨架上沒有
short-damaged = 損壞
short-wrong-item = 放的是其他商品
box-weight = 重量（公克）
box-size = 長 × 寬 × 高（公釐）
box-length = 長度（公釐）
box-width = 寬度（公釐）
box-height = 高度（公釐）
close-box = 封箱
label-waiting = 託運單購買中
label-failed = 沒有託運單

## Receiving
receive-title = 收貨
receive-code = 條碼或 SKU
receive-do = 收貨
receipt-purchase = 採購
receipt-transfer = 來自其他據點
receipt-return = 顧客退回
receipt-found = 盤點發現
receipts-title = 最近收貨
receipts-empty = 尚未收貨
receipts-empty-hint = 收貨紀錄與帳目會列在這裡。

## Importing
import-title = 匯入訂單
import-file = CSV 檔案
import-hint = Shopify 匯出檔或我們的欄位格式。重複匯入同一檔案不會改變任何資料。
import-do = 上傳
import-columns = 欄位
imports-title = 匯入紀錄
imports-empty = 尚無匯入
imports-empty-hint = 每個檔案及結果會列在這裡。
import-running = 讀取中
import-finished = 完成
rows-of = 已讀 { $count }／{ $total } 列
import-placed = 成立的訂單
import-repeated = 先前已有
import-refused = 被拒的列
import-errors = 被拒的列
import-errors-file = 全部下載（CSV）
row-missing = 必須填寫
row-unknown-item = 沒有此代碼的商品
row-bad-quantity = 不是大於零的整數
row-bad-amount = 不是金額
row-bad-time = 不是日期或時間
row-bad-address = 地址不完整
row-conflict = 同一訂單先前內容不同
row-no-stock = 庫存不足

## Signing in
sign-in = 登入
email = 電子郵件
password = 密碼
password-hint = 至少 12 個字元。
first-run-title = 建立第一位管理員
first-run-hint = 目前還沒有人能登入。由啟動伺服器的人建立第一個帳號。
first-run-secret = 首次啟動密語
first-run-secret-hint = 伺服器啟動時已顯示。
first-run-do = 建立帳號
organisation = 組織
your-name = 您的姓名

## Trouble
not-found-title = 這裡沒有
not-found-advice = 網址可能有誤，或資料已不存在。請改用編號搜尋。
forbidden-title = 沒有權限
forbidden-advice = 您的帳號不能這麼做。請洽管理員。
conflict-title = 情況已改變
conflict-advice = 頁面顯示後資料有變動。請重新開啟再決定。
bad-request-title = 無法理解
bad-request-advice = 請返回檢查輸入內容，再送出一次。
too-many-title = 太快了
too-many-advice = 請稍候再試。
fault-title = 是我們的錯誤
fault-advice = 已記錄。請一分鐘後再試；若仍發生，請將下方編號告知管理員。
effect-nothing = 沒有任何變更。
effect-unknown = 尚不確定是否已執行。再次送出同一表單是安全的：最多只會執行一次。
to-overview = 回到總覽
request-id = 請求編號

## Tracking page
arrives-on = { $day } 送達
arrives-between = { $from } – { $to } 送達
arrives-unknown = 我們正在準備您的訂單，送達日將顯示於此。
delayed-to = 比原訂晚：{ $day } 送達
delayed-between = 比原訂晚：{ $from } – { $to } 送達
delivered-on = 已於 { $day } 送達
tracking-cancelled = 此訂單已取消。
updated = 最後更新 { $when }
parcels-split = 您的訂單分成 { $count } 個包裹，可能於不同日期送達。
parcel-of = 包裹 { $count }／{ $total }
steps-label = 步驟
units-in-preparation = 另有 { $count } 件準備中。
