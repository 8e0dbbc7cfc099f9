# English, British spelling. The other languages have the same keys in the same order.

## Frame
product = Quartermaster
skip-to-content = Skip to content
nav-label = Main
nav-overview = Overview
nav-orders = Orders
nav-stock = Stock
nav-nodes = Nodes
nav-stations = Pick and pack
nav-receive = Receive stock
nav-import = Import files
nav-settings = Settings
find-label = Find an order, item, parcel or node
find-placeholder = Find or scan anything
menu-of-person = Your menu
choose-language = Language
choose-theme = Colours
theme-device = As the device
theme-light = Light
theme-dark = Dark
clocks-in-zone = Times are in { $zone }.
keys-title = Keyboard
keys-search = Search
keys-palette = Command palette
keys-overview = These keys
keys-next-row = Next row
keys-previous-row = Previous row
keys-open = Open the row
keys-select = Select the row
keys-range = With a click: select a range
keys-edit = Set the number
keys-scan = A scanner works on every page: what it reads opens.
palette-placeholder = Go to or find anything
design-title = Components
design-hint = Each piece that screens are made of, in each state.
design-buttons = Buttons
design-fields = Fields
design-chips = Words and notices
design-tables = Tables
design-pictures = Pictures
design-states = Empty, under way, dialogs
notifications = While you were away
notifications-since = Not read since
notifications-read = I have read all this
notifications-late = Orders that came to be late: { $tally }
notifications-none = Nothing you need to know
notifications-none-hint = Refused orders, short picks, refused labels and payments, and parcels that were lost or came back are told here.
notifications-ended = Your work that is done
palette-results = Results
palette-none = Nothing has this name
palette-none-hint = Try fewer letters, or scan the code.
palette-here = On this page
palette-exact = Exact match
palette-items = Items
palette-pages = Pages
palette-views = Views of orders
palette-actions = Actions
palette-search-orders = Search orders for “{ $text }”
action-invite = Invite somebody
action-make-key = Make an API key
action-add-webhook = Add a webhook
action-add-merchant = Add a merchant
sign-out = Sign out
drawer-label = Details
close = Close
any = All
apply = Apply
clear = Clear
reason = Reason
quantity = Quantity
required = required
older = Older
pages-label = Pages
first-page = First page
next-page = Next page
live-on = Live
live-off = Connecting again…

## Numbers and time
units =
    { $count ->
        [one] { $count } unit
       *[other] { $count } units
    }
units-waiting =
    { $count ->
        [one] { $count } unit waiting
       *[other] { $count } units waiting
    }
units-late =
    { $count ->
        [one] { $count } unit late
       *[other] { $count } units late
    }
orders-count =
    { $count ->
        [one] { $count } order
       *[other] { $count } orders
    }
late-count = { $count } late
short-count = { $count } short
refused-count = { $count } refused
kilometres = { $count } km
weight-grams = { $count } g
weight-kilograms = { $amount } kg
time-now = now
time-minutes-ago = { $count } min ago
time-in-minutes = in { $count } min
time-hours-ago = { $count } h ago
time-in-hours = in { $count } h
time-days-ago =
    { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
time-in-days =
    { $count ->
        [one] in { $count } day
       *[other] in { $count } days
    }

## Columns
column-backlog = Backlog
column-capabilities = Offers
column-carer = Looked after by
column-channel = Channel
column-column = Column
column-cost = Cost
column-customer = Customer
column-distance = Distance
column-due = Due
column-item = Item
column-kind = Kind
column-line = Line
column-lines = Lines
column-lot = Lot
column-expires = Expires
column-owner = Owner
column-node = Node
column-oldest = Oldest
column-order = Order
line-of-kit = of the kit { $kit }
column-ordered = Ordered
column-price = Price
column-problem = Problem
column-stage = Stage
column-state = State
column-total = Total
column-units = Units
column-value = Value
column-verdict = Outcome
column-answer = Answer
column-message = Message
column-result = Result
column-when = When

## Words: units of an order
state-unallocated = unallocated
state-backordered = backordered
state-allocated = allocated
state-picked = picked
state-packed = packed
state-shipped = shipped
state-ready-for-pickup = ready for pickup
state-delivered = delivered
state-cancelled = cancelled
state-returned = returned
state-lost = lost

## Words: stock
stock-on-hand = On hand
stock-available = Available
stock-held = Held
stock-allocated = Allocated
stock-picked = Picked
stock-packed = Packed
stock-staged = Staged
stock-damaged = Damaged
stock-quarantine = Quarantine
stock-in-transit = In transit
stock-incoming = Incoming
stock-supplier = Supplier
stock-customer = Customer
stock-production = Production
stock-loss = Loss
moved-receive = Received
moved-expect = Expected
moved-hold = Held for a cart
moved-allocate = Allocated
moved-release = Released
moved-pick = Picked
moved-short = Not found
moved-pack = Packed
moved-unpack = Taken out of the box
moved-dispatch = Shipped
moved-return = Returned
moved-expire = Expired
moved-adjust = Corrected

## Words: nodes and work
node-regional-centre = Regional centre
node-store = Store
node-vendor = Vendor
node-partner = Logistics partner
can-ship = ships
can-pickup = pickup
method-ship = By carrier
method-pickup = Pickup
work-to-pick = To pick
work-picking = Picking
work-to-pack = To pack
work-to-ship = To ship
work-shipped = Shipped
work-rejected = Rejected
work-cancelled = Cancelled

## Words: parcels
milestone-label-created = Preparing
milestone-picked-up = Handed to the carrier
milestone-in-transit = On the way
milestone-delayed = Delayed
milestone-on-hold = On hold at the carrier
milestone-out-for-delivery = Out for delivery
milestone-ready-for-pickup = Ready to collect
milestone-attempt-failed = Delivery attempted
milestone-delivered = Delivered
milestone-returning = Going back to the sender
milestone-returned = Back at the sender
milestone-cancelled = Cancelled
milestone-lost = Lost
milestone-damaged = Damaged
milestone-undeliverable = Cannot be delivered
milestone-unknown = Carrier update

## Words: views of the orders
queue-all = All
queue-unallocated = Unallocated
queue-exceptions = Exceptions
queue-partial = Partial
queue-to-pick = To pick
queue-to-pack = To pack
queue-to-ship = To ship
queue-on-the-way = On the way
queue-delivered = Delivered
queue-cancelled = Cancelled
queue-late = Late

## Words: what happened
event-order-placed = Order accepted
event-order-refused = Order refused
event-order-allocated = Nodes chosen
event-order-resourced = Moved to another node
event-order-cancelled = Units cancelled
event-order-erased = Person forgotten
event-picked = Picked
event-short-picked = Short pick
event-packed = Box closed
event-parcel-opened = Box opened again
event-label-bought = Label bought
event-label-failed = Label failed
event-dispatched = Parcel shipped
event-parcel-scanned = Carrier scan
event-delivered = Delivered
event-parcel-problem = Parcel in trouble
event-payment-authorised = Payment authorised
event-payment-captured = Payment captured
event-payment-refunded = Payment refunded
event-payment-failed = Payment failed
event-stock-received = Stock received
event-stock-adjusted = Stock corrected
actor-system = Automatic
actor-intake = Order intake
actor-replay = Replay
actor-import = File import
actor-demo = Demo
actor-machine = Machine
actor-channel = Channel
actor-carrier = Carrier
actor-customer = Customer
actor-buyer = Buyer
actor-clerk = Customer service
actor-picker = Picker
actor-packer = Packer
actor-driver = Driver

## Overview
tiles-label = Today
tile-orders = Orders today
tile-yesterday = { $count } by this time yesterday
tile-late = Late to ship
tile-soon = { $count } more within two hours
tile-refused = Refused today
tile-refused-hint = for want of stock
tile-exceptions = Exceptions
tile-exceptions-hint = need a decision
exceptions-empty = Nothing needs a decision
exceptions-empty-hint = What you took care of or put aside is in the other tabs.
exceptions-unallocated = Orders that wait for stock
exceptions-orders =
    { $count ->
        [one] { $count } order
       *[other] { $count } orders
    }
exceptions-boxes = Boxes to close again
exceptions-parcels = Parcels in trouble
exceptions-outside = Money and carriers
exceptions-webhooks = Webhooks that do not answer
exceptions-invariants = What must hold and does not
exceptions-check = Check again
exceptions-retry = Try all again now
exceptions-settle = Dealt with
exceptions-hurry = Try again now
effect-payment-refused = A payment was refused
effect-payment-waits = A payment does not get through
effect-carrier-refused = The carrier refused
effect-carrier-waits = The carrier cannot be reached
inbox-open = Open
inbox-mine = Mine
inbox-snoozed = Put aside
inbox-take = I look after it
inbox-leave = Leave it to others
inbox-snooze = Put aside
inbox-snooze-for = For how long
inbox-wake = Bring back
inbox-until = until
inbox-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
inbox-none-ticked = Tick what you mean first.
select-all = Select all
select-row = Select { $name }
nobody = Nobody
stages-title = Units waiting
hours-title = Orders by hour
hours-label =
    { $count ->
        [one] { $count } order today, hour by hour
       *[other] { $count } orders today, hour by hour
    }
recent-title = What happened last
recent-empty = Nothing has happened yet
recent-empty-hint = The first order or receipt appears here by itself.
map-label =
    { $count ->
        [one] Map with { $count } node
       *[other] Map with { $count } nodes
    }

## Orders
views-label = Views
view-keep = Keep this view
view-keep-this = Keep
view-name = Name of the view
view-shared = Colleagues see it too
view-forget = Forget “{ $name }”
flaw-view-name = A view needs a name of 1 to 60 characters.
flaw-view-many = You keep as many views as there may be. Forget one first.
sort-label = Order by
sort-newest = Newest first
sort-oldest = Oldest first
sort-due = Open, due soonest
columns-label = Columns
filters-more = More filters
orders-search = Search
orders-search-hint = Number, name, e-mail
orders-empty = No orders here
orders-empty-hint = New orders from your channels appear by themselves. You can also import a file.
orders-none-found = No order matches
orders-none-found-hint = Try fewer words, or clear the filters.
no-node-yet = no node yet
not-due = —
bulk-ticked = Cancel ticked
bulk-all = Cancel all that match
bulk-title = Cancel many orders
bulk-preview = This is what it comes to. Nothing is done yet.
bulk-whole = Orders cancelled in full
bulk-partly = Orders cancelled in part; the rest has left
bulk-too-late = Stays: everything has left
bulk-before = Stays: cancelled before
bulk-cut = More orders match than are done at a time. These are the newest 5,000.
bulk-final = Stock goes back, labels are voided and money follows. This cannot be undone: a cancelled order does not come back.
bulk-cancel =
    { $count ->
        [one] Cancel { $count } order
       *[other] Cancel { $count } orders
    }
bulk-keep = Cancel none
bulk-none = Nothing can be cancelled
bulk-none-hint = All of these have left or were cancelled before.
bulk-each = Order by order
bulk-outcome = What happens
bulk-refund = Goes back
bulk-units =
    { $count ->
        [one] { $count } unit is cancelled
       *[other] { $count } units are cancelled
    }
bulk-left =
    { $count ->
        [one] { $count } unit has left
       *[other] { $count } units have left
    }
bulk-shortened = Only the first are listed; all are counted above. The result lists each of them.

## One order
order-title = Order { $number }
promise-title = Promise
promised-by = Promised by { $when }
no-promise = No date was promised.
lifeline-label =
    { $count ->
        [one] The order’s life: { $count } event
       *[other] The order’s life: { $count } events
    }
lines-title = Lines
fulfilments-title = Fulfilment orders
fulfilments-empty = No node works on it
fulfilments-empty-hint = It is sourced as soon as stock arrives.
picked-of = { $count } of { $total } picked
go-pick = Pick
go-pack = Pack
parcels-title = Parcels
parcels-empty = No parcels yet
parcels-empty-hint = A parcel appears when its box is closed.
label-pdf = Label (PDF)
label-zpl = Label (ZPL)
why-title = Why this node?
why-empty = No decision yet
why-empty-hint = Each sourcing decision is kept here with what it compared.
decision-accept = Sourced on acceptance
decision-re-source = Sourced again
decision-restock = Sourced from new stock
decision-exact = No cheaper plan exists.
decision-limited = The best plan found within the search limit.
cost-packages = Packages
cost-weight = Weight
cost-lines = Picking
chosen = chosen
verdict-chosen =
    { $count ->
        [one] Serves { $count } unit
       *[other] Serves { $count } units
    }
verdict-tie = Same cost; lost the tie
verdict-dearer = Would cost { $extra } more
verdict-at-least-dearer = Would cost at least { $extra } more
verdict-incomplete = No plan with it serves everything
verdict-no-stock = Has none of it in stock
verdict-unexplored = Not looked at to the end
excluded-inactive = Switched off
excluded-method-not-offered = Does not offer this method
excluded-out-of-area = Destination outside its area
excluded-rejected = Refused this order before
excluded-rule = A merchant’s rule
customer-page = Customer’s page
money-title = Money
money-authorised = Authorised
money-captured = Captured
money-refunded = Refunded
timeline-title = Timeline
raw-title = As the channel sent it

## Cancelling
cancel-title = Cancel units…
cancel-hint = Choose the lines. You will see what happens before it does.
cancellable =
    { $count ->
        [one] { $count } unit can be cancelled
       *[other] { $count } units can be cancelled
    }
cancel-preview = Preview
cancel-customer = The customer asked
cancel-out-of-stock = Cannot be supplied
cancel-duplicate = Placed twice
cancel-fraud = Suspected fraud
cancel-other = Other
cancel-page-title = Cancel units of order { $number }
cancel-whole =
    { $count ->
        [one] This cancels the whole order: { $count } unit.
       *[other] This cancels the whole order: { $count } units.
    }
cancel-part =
    { $count ->
        [one] This cancels { $count } unit; the rest of the order goes on.
       *[other] This cancels { $count } units; the rest of the order goes on.
    }
cancel-because = Reason: { $reason }.
cancel-back-to = back on the shelf at { $node }
cancel-not-held = was not held anywhere
cancel-refund = The customer gets back { $amount }.
cancel-release = { $amount } will not be collected.
cancel-no-money = No money moves.
cancel-final = Cancelled units do not come back; a new order would be needed.
cancel-done =
    { $count ->
        [one] { $count } unit is cancelled.
       *[other] { $count } units are cancelled.
    }
cancel-too-late =
    { $count ->
        [one] { $count } unit has left already and can only come back as a return.
       *[other] { $count } units have left already and can only come back as a return.
    }
cancel-already = Everything chosen was cancelled before.
cancel-label-pending = The carrier is being asked for a label this moment. Try again in a few seconds.
cancel-outrun = Somebody changed the order at the same moment.
cancel-do =
    { $count ->
        [one] Cancel { $count } unit
       *[other] Cancel { $count } units
    }
keep-order = Keep the order

## Stock
stock-search = Search
stock-search-hint = SKU, barcode, name
stock-hint = Every number opens its ledger.
more-nodes =
    { $count ->
        [one] { $count } more node
       *[other] { $count } more nodes
    }
stock-empty = No stock yet
stock-empty-hint = Receive goods, and each item appears here.
stock-none-found = No item matches
stock-none-found-hint = Try fewer words, or clear the filters.
ledger = Ledger
ledger-title = Ledger: { $item }
level-by-lot = These units are of lots: set each lot by a file or over the API.
ledger-empty = Nothing has moved
ledger-empty-hint = Each movement of this balance will be listed with its cause.
backorders-title = Backorders
backorders-hint = Who waits for goods that are still to come. They get them in this order.
backorders-cover-hint = Bars: what will have come by each day. Line: all that wait.
backorders-empty = Nobody waits
backorders-empty-hint = Orders wait where their channel may sell beyond what is free: set that in its policy.
backorders-nobody-knows = nobody knows
backorders-moved = moved up
backorders-move = Move up
backorders-move-one = Move { $order } up
backorders-why = Why
backorders-not-waiting = The order does not wait any more. Nothing was changed.
backorders-no-reason = Say why, in up to 200 characters. Nothing was changed.
backorders-wait = { $count ->
    [one] { $count } unit waits
   *[other] { $count } units wait
}
backorders-come = { $count ->
    [one] { $count } unit by then
   *[other] { $count } units by then
}
lots-title = Expiring lots
lots-hint = Goods by lot, those that expire first first. Orders get them in this order; what is expired is not sold.
lots-empty = No lots
lots-empty-hint = Give the lot and its last day when you receive goods.
lots-within = Within days
lots-too-old-for = Too old for
lot-keeps = keeps
lot-expired = expired
lot-last-day = last day
lot-until = until { $day }
lot-days =
    { $count ->
        [one] { $count } day left
       *[other] { $count } days left
    }
alerts-title = Stock outlook
alerts-hint = What will be sold out before goods can come that are ordered now, and what is more than will be sold. It is looked at every hour.
alerts-empty = Nothing to look at
alerts-empty-hint = No item that sells will be sold out too soon, and there is not too much of any.
alert-stockout = Sold out on { $day }
alert-excess = { $units } units too many
alert-what = Outlook
alert-ahead = Days ahead
alert-free = Free
alert-sells = Sells in 100 days
alert-expected = Expected
alert-picture = Free stock day by day: { $from } today, { $to } at the end.
holds-title = Holds
holds-hint = Stock held for carts while customers pay. When the time is over it is free again by itself.
holds-empty = Nothing is held
holds-empty-hint = Shops hold stock over the API while a customer is at the checkout.
hold-cart = Cart
hold-since = Since
hold-ends = Ends
hold-release = Release
hold-release-one = Release the hold of { $cart }
expected-title = Expected goods
expected-hint = What suppliers said would come. Until it comes it is incoming, and nobody can promise it for today.
expected-empty = Nothing is expected
expected-empty-hint = Tell of purchase orders over the API.
expected-reference = Purchase order
expected-day = Day
expected-late = Late
expected-of = { $count } of { $total }
expected-later = Later
expected-close = Expect no more
expected-over = Nothing more is expected.
expected-now = Comes now
expected-now-of = How many of { $item } come now
all-nodes = all nodes
balance-after = after
level-quantity = Set from { $count } to
level-reason = Reason
level-note = Note
level-do = Set
level-bad-quantity = A whole number from 0
level-stale = You saw { $seen }; there are { $present } by now. Set it again if it is still right.
level-last = Last moved by
level-again = Set from { $present } to { $asked } all the same
level-take = Leave it at { $count }
level-was-set = Set from { $before } to { $after }.
level-undo = Undo: set back to { $count }
rename-title = Name of { $code }
rename-name = Name
rename-do = Rename
rename-back = Back
rename-bad = A name has 1 to 200 plain characters.
rename-stale = It is called “{ $name }” by now.
rename-by = Changed by
rename-again = Call it “{ $name }” all the same
rename-take = Leave it as “{ $name }”
rename-done = Renamed from “{ $before }” to “{ $after }”.
rename-undo = Undo: call it “{ $name }”
level-committed = { $committed } are promised or off the shelf, so { $asked } cannot be all there is.
level-count = Counted
level-correction = The book was wrong
level-lost = Lost
level-found = Found
level-broken = Broken
level-expired = Expired
level-used = Used here

## Nodes
legend-size = size = backlog
nodes-empty = No nodes yet
nodes-empty-hint = Add the first node through the API or the demo.
node-facts = Facts
queue-title = Work queue
work-empty = No work waits here
work-empty-hint = New work appears as soon as an order is sourced here.

## Stations
stations-title = Where do you work?
stations-empty = No station yet
stations-empty-hint = A station exists for every node that fulfils.
to-pick-count = { $count } to pick
to-pack-count = { $count } to pack
start-next = Start the next
next-task = Next task
pick-title = Pick { $order }
pick-done = All picked
pack-title = Pack { $order }
pack-done = Packed
left-of = { $count } of { $total } done
in-box =
    { $count ->
        [one] { $count } unit in the open box
       *[other] { $count } units in the open box
    }
scan-label = Scan the item
scan-next = Ready to scan
scan-ok = Right
scan-wrong = Not in this order
scan-too-many = Already complete
scan-wrong-order = Belongs to another order
scan-unknown = Unknown code
scan-done = Done
scan-wrong-stage = Another step comes first
scan-refused = Not done
scan-wanted = Wanted: { $item }
scan-belongs-to = It belongs to { $order }
scan-pick-first = Pick it first.
scan-pack-first = Pack it first.
send = Send
type-instead = Type instead
outbox-waiting = Saved here, being sent…
outbox-offline = Saved here. Will be sent when the network is back.
outbox-failed = Not accepted. Check the page and scan again.
short-title = Cannot find it
short-hint =
    { $count ->
        [one] { $count } unit is missing. Why?
       *[other] { $count } units are missing. Why?
    }
short-not-found = Not on the shelf
short-damaged = Damaged
short-wrong-item = Other goods lie there
short-moved =
    { $count ->
        [one] { $count } unit now comes from another node.
       *[other] { $count } units now come from another node.
    }
short-waits =
    { $count ->
        [one] { $count } unit waits for stock.
       *[other] { $count } units wait for stock.
    }
short-only =
    { $count ->
        [one] Only { $count } unit is left here.
       *[other] Only { $count } units are left here.
    }
box-weight = Weight in grams
box-size = Length × width × height, mm
box-length = Length in millimetres
box-width = Width in millimetres
box-height = Height in millimetres
close-box = Close the box
box-closed = The box is closed.
box-none-open = No box is open. Scan something into it first.
box-no-rate = No service carries this box. Check its weight and size.
label-waiting = Label is being bought
label-failed = No label

## What channels may sell
board-title = What channels may sell
board-link = By channel
board-hint = Each number is what a channel may sell now. Type a number on a quota and press ← or → to move that many to the next quota; or drag it there.
board-hint-read = Each number is what a channel may sell now.
board-position = True at position { $position } of the stream of events.
board-left = { $left } of { $quantity } left
board-shared = shares
board-move = Move quota
board-set = Set a quota
board-set-hint = In all, what is sold of it among them. Left empty, the channel shares what is nobody’s.
board-item = Barcode or SKU
board-channel = Channel
board-from = From
board-to = To
board-reason = Why
board-moved = Moved: { $units } × { $item }
board-was-set = The quota is set.
board-unknown-item = The channel’s merchant has no such item
board-unknown-channel = There is no such channel
board-not-that-many = { $left } of this quota are left
board-below-used = { $used } of this quota are sold; it cannot be less
board-no-quota = One of the channels has no quota of this item. Set one first.
board-same-channel = Choose two channels
board-bad-units = That is no number of units it can be
limit-off = not on sale
limit-nodes = not from every node
limit-set-aside = others are set aside
limit-buffer = a buffer is hidden
limit-quota = by quota
limit-life = some expires too soon
policy-title = { $channel }: what it may sell
policy-general = All items without a rule of their own
policy-none = Nothing is ruled. This is what holds without a rule.
policy-on = It sells
policy-nodes = From which nodes
policy-nodes-all = All
policy-nodes-only = Only these
policy-nodes-except = All but these
policy-which = Nodes
policy-buffer = Units it does not see
policy-life = Days that goods must last
policy-life-hint = Kept now; it binds as soon as stock has dates of expiry.
policy-beyond = Beyond what is free it may sell
policy-beyond-nothing = nothing
policy-beyond-expected = what is expected on a day
policy-beyond-any = up to so many units
policy-beyond-most = Units of an item that may wait at once
policy-beyond-hint = Needed where nothing need be expected. Orders are accepted, and wait in their turn.
policy-from = Can be had from (pre-orders)
policy-save = Save
policy-clear = Take the rule away
policy-own = Items with a rule of their own
policy-own-none = None
policy-look = Look
policy-saved = Saved.
policy-bad = Nothing was changed: check nodes and numbers

## Receiving
receive-title = Receive stock
receive-code = Barcode or SKU
receive-do = Receive
receive-reference = Delivery note
receive-reference-hint = The same note again, for the same item and node, is the same goods.
receive-bad-reference = At most 200 characters of plain text
receive-lot-hint = What is printed on the goods, where they have a lot.
receive-needs-lot = This item is received by lot: say which
receive-bad-lot = A lot is 1 to 60 characters of plain text
receive-bad-day = A day such as 2026-03-02
receive-other-expiry = The lot is known with another last day: { $known }
receive-done = Received: { $units } × { $item }
receive-repeated = This delivery note was booked before for this item and node. Nothing was changed.
receipts-title = Received last
receipts-empty = Nothing received yet
receipts-empty-hint = What you receive is listed here, with its ledger.

## Importing
import-title = Import files
import-file = File (CSV or XLSX)
import-channel = Channel
table-was-trial = A trial: nothing was changed.
table-to-run = Back to import it
import-kind = What it brings
import-kind-orders = Orders
import-kind-items = Items
import-kind-listings = Listings
import-kind-nodes = Nodes
import-kind-stock = Stock
exports-title = Take away
export-these = Export what is shown
export-form = Form of the file
table-columns = Columns
table-no-column = Not in the file
table-merchant = Merchant, where the file does not say
table-overwrite = Set stock whatever it is by now, where the file does not say what it was
table-trial = Try
table-run = Import
table-trial-hint = A trial says what would be done and does nothing.
table-preview = First rows
table-empty = No rows
table-empty-hint = The file has a header at most.
file-workbook-large = Unpacked, the workbook is too large. Save it as CSV.
file-workbook-broken = The workbook cannot be read. Save it as XLSX without a password, or as CSV.
file-none = Choose a file and a channel.
file-empty = The file is empty.
file-too-large = A file has at most 100 MB.
file-encoding = The file is not UTF-8. Save it as “CSV UTF-8”.
file-unknown = The header is of no format we know.
file-missing-columns = Missing columns: { $columns }
file-repeated-column = The column { $column } is there twice.
file-broken = The file cannot be read after row { $row }. Is a quote left open?
import-hint = A Shopify export or our own columns. The same file again changes nothing.
import-do = Upload
import-columns = Columns
imports-title = Imports
imports-empty = No imports yet
imports-empty-hint = Each file is listed here with its result.
operations-title = Operations
operations-empty = No operations yet
operations-empty-hint = Files you import or export and work on many things at once are listed here.
operations-older = Older
operations-all = All operations
operation-what = What
operation-who = Asked by
operation-rows = Rows
operation-subject = About
operation-import-orders = Import of orders
operation-import-items = Import of items
operation-import-listings = Import of listings
operation-import-nodes = Import of nodes
operation-import-stock = Import of stock
operation-cancel-orders = Cancelling of orders
operation-export-items = Export of items
operation-export-listings = Export of listings
operation-export-nodes = Export of nodes
operation-export-stock = Export of stock
operation-export-orders = Export of orders
operation-export-events = Export of events
operation-planned = Waiting
operation-running = Running
operation-stopping = Stopping
operation-succeeded = Finished
operation-partly = Finished with refusals
operation-failed = Failed
operation-cancelled = Stopped
operation-done = Done
operation-unchanged = Already so
operation-skipped = Left out
operation-refused = Refused
operation-download = Download
operation-results = What became of each row (CSV)
operation-outcome = Result
operation-stop = Stop
operation-stop-hint = What is done stays done.
operation-file-gone = The file has expired. Send it again.
operation-fault = Something is wrong on our side. Start it again.
operation-file-broken = The file could not be read to its end. Mend it and send it again: nothing is taken twice.
rows-read = { $count } of { $total } rows done
import-errors = Refused rows
import-errors-file = All as CSV
row-missing = Must be filled in
row-unknown-item = No item has this code
row-bad-quantity = Not a whole number above zero
row-bad-amount = Not an amount of money
row-bad-time = Not a date or time
row-bad-address = Not a complete address
row-conflict = The same order came before with other content
row-no-stock = Not enough stock
row-unknown-channel = No channel has this code
row-unknown-node = No node has this code
row-code-taken = Another item has this code
row-stale = The number has changed since
row-committed = More is promised or off the shelf than would be left
row-units-have-left = Some units had left and stay
row-order-has-left = Everything has left; it can only come back as a return
row-already-cancelled = It was cancelled before
row-no-such-order = There is no such order
row-label-pending = Its label is being bought this moment; cancel it again in a minute
row-order-changed = Somebody else changes it; cancel it again
row-bad-code = A spreadsheet made a number of this code
row-bad-currency = Not a currency
row-bad-flag = Not true or false
row-bad-text = Too long, or not plain text
row-bad-row = Cells or quotes do not fit the header
row-contradiction = Differs from the first row of the same order
row-too-large = More lines than an order may have
row-lost = Our fault; send the file again

## Signing in
sign-in = Sign in
email = E-mail
password = Password
password-hint = At least 12 characters.
first-run-title = Make the first administrator
first-run-hint = Nobody can sign in yet. Whoever started the server makes the first account.
first-run-secret = First-run secret
first-run-secret-hint = The server printed it when it started.
first-run-do = Make the account
sign-in-refused = E-mail address and password do not belong together.
sign-in-with = Sign in with { $provider }
sign-in-unreachable = This identity provider does not answer. Try again, or sign in with your password.
sign-in-not-admitted = You proved who you are, but nobody here is known by it. Ask whoever looks after people.
sign-in-not-begun-here = This sign-in was not begun in this browser, or it is over. Begin again.
sign-in-not-proven = The identity provider let nobody in. Begin again.
sign-in-locked =
    { $count ->
        [one] Too many attempts. Wait { $count } minute and try again.
       *[other] Too many attempts. Wait { $count } minutes and try again.
    }
first-run-wrong-secret = This is not the secret the server printed at its last start.
first-run-over = The first account exists already. Sign in instead.
email-taken = Somebody has this e-mail address already.
flaw-email = This is not an e-mail address.
flaw-name = The name has 1 to 200 characters.
flaw-password = The password has at least 12 characters.
organisation = Organisation
your-name = Your name

## Trouble
not-found-title = Not here
not-found-advice = The address may be mistyped, or the thing is gone. Find it by its number instead.
forbidden-title = Not allowed
forbidden-advice = Your account may not do this. Ask an administrator.
conflict-title = No longer so
conflict-advice = Something changed since the page was shown. Open it again and decide anew.
bad-request-title = Not understood
bad-request-advice = Go back, check what you entered, and send it again.
too-many-title = Too fast
too-many-advice = Wait a moment and try again.
fault-title = The fault is ours
fault-advice = It has been recorded. Try again in a minute; if it stays, tell your administrator the number below.
effect-nothing = Nothing was changed.
effect-unknown = We do not know yet whether it was done. Sending the same form again is safe: it is done at most once.
command-reused = This form was sent before with other content. Nothing was changed now.
to-overview = To the overview
request-id = Request

## Webhooks
api-title = API reference
api-contents = Contents
api-types = Types
api-hint = Set $QUARTERMASTER in your shell to this address and $KEY to an API key, and the examples can be pasted.
api-needed = needed
api-parameters = Parameters
api-body = Body:
api-answers = Answers
api-example = Example
webhooks-hint = Tell other systems what happens here, as soon as it happens. Each message is signed.
webhooks-empty = No webhooks yet
webhooks-empty-hint = Add an address, and it gets what happens from then on.
webhooks-too-many = There are as many webhooks as there may be.
webhook-add = Add webhook
webhook-url = Address
webhook-url-hint = HTTPS, on a public host
webhook-description = Description
webhook-kinds = Events
webhook-kinds-hint = Tick none to get all of them.
webhook-kinds-all = all events
webhook-bad-url = Nothing is sent to this address: it must be HTTPS on port 443 of a public host.
webhook-bad-description = At most 200 characters on one line
webhook-enabled = enabled
webhook-retrying = trying again
webhook-disabled = disabled
webhook-gone = receiver is gone
webhook-given-up = given up
webhook-secret = Signing secret
webhook-secret-hint = Copy it to the receiver now: it is not shown again.
webhook-secret-shown = The secret was shown before. If nobody has it, rotate it.
webhook-ping = Send a test
webhook-ping-done = A test is being sent; its result appears below.
webhook-enable = Enable
webhook-enable-done = Enabled. It goes on where it had stopped.
webhook-disable = Disable
webhook-disable-done = Disabled. It keeps its place.
webhook-change = Change
webhook-change-done = Changed. What waits goes to this address.
webhook-changed-since = It was changed since you opened the page. This is how it is now: look, and change it again if you still want to.
webhook-remove = Remove webhook
webhook-remove-hint = With the log of its attempts. Of the { $count } events it has not had it gets none.
webhook-remove-done = The webhook is removed.
webhook-rotate = Rotate secret
webhook-rotate-hint = Both secrets sign for 24 hours.
webhook-former-until = Former secret signs until
webhook-position = Sent up to position
webhook-next-attempt = Next attempt
webhook-replay = Send again
webhook-replay-hint = Events are counted from 1; now there are { $count }. Each keeps its message id.
webhook-replay-first = From position
webhook-replay-last = To position
webhook-replay-done = These events are being sent again.
webhook-replay-bad = Choose positions that exist, the first not after the last.
webhook-replay-running = Events are being sent again already.
webhook-replay-disabled = A disabled webhook gets nothing: enable it first.
webhook-replaying = Sending again
attempts-title = Deliveries
attempts-empty = Nothing sent yet
attempts-empty-hint = Each attempt is listed here with the answer, for 30 days.
attempt-event = event
attempt-replay = again
attempt-ping = test
attempt-delivered = delivered
attempt-answered = other answer
attempt-refused = address refused
attempt-timed-out = no answer in time
attempt-unreachable = unreachable
attempt-no = attempt { $count }
attempt-took = { $count } ms

## Tracking page
arrives-on = Arrives { $day }
arrives-between = Arrives { $from } – { $to }
arrives-unknown = We are preparing your order. The day will be shown here.
delayed-to = Later than planned: arrives { $day }
delayed-between = Later than planned: arrives { $from } – { $to }
delivered-on = Delivered { $day }
tracking-cancelled = This order was cancelled.
updated = last change { $when }
support-title = Questions about your order?
parcels-split =
    { $count ->
        [one] Your order comes in { $count } parcel.
       *[other] Your order comes in { $count } parcels. They may arrive on different days.
    }
parcel-of = Parcel { $count } of { $total }
steps-label = Steps
units-in-preparation =
    { $count ->
        [one] { $count } more unit is being prepared.
       *[other] { $count } more units are being prepared.
    }

## What one may do
permission-missing = Your roles do not allow this. It takes: { $permission }.
permission-orders-read = See orders
permission-orders-write = Place orders
permission-orders-cancel = Cancel orders
permission-stock-read = See stock
permission-stock-receive = Take goods in
permission-stock-adjust = Correct stock
permission-catalogue-read = See the catalogue
permission-catalogue-write = Change the catalogue
permission-network-read = See nodes
permission-network-write = Change nodes
permission-floor-work = Pick and pack
permission-shipping-read = See parcels and labels
permission-shipping-write = Hand parcels over
permission-tracking-write = Report tracking
permission-merchants-read = See merchants
permission-merchants-write = Change merchants
permission-people-read = See people
permission-people-write = Invite and give roles
permission-owners-write = Make owners
permission-keys-write = Make API keys
permission-events-read = Follow events
permission-webhooks-write = Set up webhooks
permission-audit-read = See who changed what
permission-data-import = Import files
permission-data-export = Export everything
permission-operations-read = See what is under way
permission-settings-write = Change settings
permission-customers-erase = Forget customers
permission-customers-read = See customers
permission-money-read = See prices and costs
permission-stock-trade = Make goods change their owner
role-owner = Owner
role-admin = Administrator
role-merchant-ops = Merchant operations
role-planner = Planner
role-wh-manager = Warehouse manager
role-picker = Picker
role-store-associate = Shop assistant
role-support = Customer support
role-finance = Finance
role-partner = Partner operator
role-carrier-bot = Carrier’s machine
role-channel-app = Channel’s machine
role-auditor = Auditor
role-agent = Agent

## Settings
yes = yes
settings-people = People
settings-roles = Roles
settings-badges = Badges
settings-keys = API keys
settings-merchants = Merchants
settings-privacy = Privacy
settings-look = Look
settings-organisation = Organisation
settings-me = My settings
settings-webhooks = Webhooks
settings-providers = Identity providers
settings-audit = Changes
settings-sessions = Your sessions
settings-person = Person
settings-role = Role
settings-area = Where
settings-permission = Permission
settings-change = Change
settings-until = until
settings-used = Last used
settings-key = Key
settings-name = Name
area-everywhere = The whole organisation
more-than-own = You can give, take and use only what you may do yourself.
last-owner = Somebody must own the organisation. Make another owner first.
person-dismissed = dismissed
person-dismiss = Dismiss
role-give = Give role
role-take = Take role away
roles-hint = What each role allows. Where it holds is said when it is given.
invite-title = Invite somebody
invite-do = Make the link
invite-made = The invitation is ready
invite-made-hint = Hand this link over yourself. It is shown only now, works once and ends in seven days.
invite-link = Link
invite-withdraw = Withdraw
invited-title = Open invitations
invited-none = Nobody is invited at the moment.
key-title = Make a key
key-name = What the key is for
key-days = Days it lasts
key-for = May do
key-for-all = All that its maker may
key-make = Make key
key-made = The key is ready
key-made-hint = Copy it now: it is shown only this once.
key-version = API of { $version }
key-unused = never
key-revoke = Revoke
badge-made = The badge is ready
badge-made-hint = Print this page now: the code is shown only this once.
device-made = The device is added
device-made-hint = Open this link on the device within half an hour. The browser that opens it first is the device.
device-link = Link of the device
device-here = This is the device
badges-none = No badges
badges-none-hint = With a badge people come in at a shared device by one scan.
badge-pin = PIN
badge-is-locked = locked
badge-has-pin = yes
badge-no-pin = none
badge-set-pin = Set PIN and unlock
devices-title = Shared devices
devices-none = No devices
devices-none-hint = A shared device stands at one node and takes badges.
device-node = Node
device-waits = waits for its link
badge-title = Make a badge
badge-pin-hint = Six to twelve digits. Without one, whoever finds the badge comes in.
badge-make = Make badge
device-title = Add a shared device
device-add = Add device
badge-flaw-pin = A PIN has 6 to 12 digits, and not the same one over and over.
device-take-title = Set up this device
device-take-hint = From now on people come in here with their badges. What they may do stays what their roles allow at this device's node.
device-take = Use as a shared device
badge-show = Scan your badge
badge-pin-title = Your PIN
badge-code = Badge
badge-in = Come in
badge-another = Another badge
badge-by-password = Sign in another way
badge-refused = This badge opens nothing.
badge-wrong-pin = This is not the PIN of this badge.
badge-locked = This badge is locked after too many wrong PINs. Ask whoever looks after people.
view-title = See it as somebody else does
view-hint = You see what this role shows, and nothing can be changed until you are back.
view-do = View as
viewing-as = You see the console as { $role }. Nothing can be changed.
viewing-end = Back to yourself
viewing-only = You view as another role, so nothing can be changed. Go back to yourself first.
providers-hint = People can sign in where they have an account already. The first time, the verified e-mail address of somebody who is enrolled decides who they are.
provider-title = Add an identity provider
provider-redirect = Redirect address, to be registered with the provider
provider-issuer = Issuer
provider-client = Client ID
provider-secret = Client secret
provider-secret-hint = Leave it empty to keep the present one.
provider-address = Address of this console
provider-domains = E-mail domains
provider-domains-hint = With spaces between. Empty lets every domain in.
provider-unknown = People whom nobody enrolled
provider-refuse = are refused
provider-add = Add provider
provider-save = Save
provider-remove = Remove
provider-too-many = There are enough providers. Remove one first.
provider-flaw-name = A name has 1 to 100 characters.
provider-flaw-issuer = The issuer is an https address of a public host, without query. Private hosts must be allowed when the server starts.
provider-flaw-client = A client ID has 1 to 200 characters.
provider-flaw-secret = A client secret has 1 to 500 characters.
provider-flaw-address = The address of this console is https:// and a host, with nothing after it.
provider-flaw-domains = A domain is what stands after the @ of an e-mail address.
provider-flaw-admits = People whom nobody enrolled are let in from named domains only, and never as owners.
keys-none = No keys
keys-none-hint = A machine needs a key to use the API.
privacy-title = Forget a customer
privacy-hint = What a customer ordered stays in the books. Who they were goes for good: name, address, e-mail, notes.
privacy-whom = E-mail address, or the id of an order
privacy-look = Show what would be erased
privacy-wrong = That is neither an e-mail address nor the id of an order.
privacy-none = Nobody is known by that
privacy-none-hint = Perhaps they ordered with another e-mail address, or were forgotten before.
privacy-order = Order
privacy-placed = Placed
privacy-parcels = Parcels
privacy-standing = What happens
privacy-ready = Will be erased
privacy-under-way = Is under way and stays for now
privacy-erased = Was erased before
privacy-warning = What is erased cannot be brought back.
privacy-left = These are under way and need their address. Cancel them, or come back when they have arrived:
privacy-do =
    { $count ->
        [one] Erase { $count } order for good
       *[other] Erase { $count } orders for good
    }
privacy-done =
    { $count ->
        [one] { $count } order erased
       *[other] { $count } orders erased
    }
merchant-title = Add a merchant
merchant-add = Add
merchant-rename = Rename
look-title = How {$name} looks
look-hint = Staff see it on every page, and customers on the pages of their orders.
look-hint-merchant = Customers see it on the pages of their orders. What is left open is as the organisation has it.
look-name = Name for customers
look-colour = Colour
look-own-colour = A colour of our own
look-colour-hint = For links and main buttons. Dark pages get a lighter shade of it.
look-logo = Logo
look-file = PNG or SVG, up to 128 KiB and 1024 pixels a side
look-no-logo = Take the logo away
look-support = Whom customers ask
look-phone = Telephone
look-link = Page for help
look-save = Save
flaw-colour = This is no colour.
flaw-pale = Text in this colour could not be read on light pages. The nearest that can be is {$colour}.
flaw-phone = A telephone number has digits, spaces and + ( ) - . / only.
flaw-link = The address of the page begins with https://
flaw-logo = This is no PNG or SVG picture that can be read, or it is too large.
flaw-merchant = A name has 1 to 200 characters.
sessions-hint = A session ends after half an hour without use, and after twelve hours in any case.
me-pages = Your pages
me-pages-hint = They look so on every device you sign in at.
me-zone = Time zone
me-zone-hint = Left empty, clocks are in {$zone}, and at a node in its own.
organisation-zone-hint = Where the day begins. Nodes have their own, and people may choose another.
me-density = Density
density-comfortable = Comfortable
density-dense = Dense
me-saved = Your settings are saved.
me-password = Password
me-password-hint = Whoever else is signed in as you is signed out. With an account elsewhere you have no password here.
me-password-old = Password you have
me-password-new = New password, at least 12 characters
me-password-change = Change the password
me-password-wrong = This is not the password you have.
me-password-changed = Your password is changed, and your other sessions have ended.
flaw-zone = There is no such time zone. A name looks like Europe/Sofia.
session-since = Since
session-this = this one
session-end = End
sessions-end = Sign out everywhere
audit-kind = What happened, such as role.
audit-text = Words in what was changed
audit-do = Search
audit-what = What
audit-who = Who
audit-before = Before
audit-after = After
audit-older = Older
audit-none = No changes found
audit-none-hint = Changes of people, roles, keys, merchants and stock corrections are kept here.
join-title = Join
join-hint = You are invited to { $organisation }. You will sign in with
join-do = Join

# Ownership
moved-own = Changed owner
ownership-title = Ownership
statement-of = Statement of
statement-with = With
statement-from = From
statement-until = Until
statement-file = Take it away as CSV
statement-given = Given
statement-got = Got
statement-balance = They owe
statement-empty = Nothing changed hands
statement-empty-hint = Choose another merchant or other days, or make goods change hands below.
ownership-parties = From and to
ownership-amount = Amount
ownership-each = { $price } each
ownership-cause = Why
ownership-reversal = Given back
ownership-price = Price of a unit
ownership-change = Change the owner
ownership-change-hint = The goods stay where they are; a settlement line says who owes whom.
ownership-giver = Who gives and is owed
ownership-taker = Who gets and owes
ownership-reference = Reference
ownership-done = { $units } units changed hands for { $amount }.
ownership-repeated = This was done before under the same reference; nothing was changed.
ownership-short = Only { $present } are free there; nothing was changed.
ownership-conflict = The reference was used for another transfer; use a new one.
ownership-bad-party = Two different merchants are needed, both of whom you may act for.
ownership-bad-price = The price is an amount such as 4.50.
ownership-bad-reference = A reference has 1 to 200 characters.
ownership-too-large = The amount is too large.
entitlements-title = Entitlements
entitlements-empty = No reseller is entitled
entitlements-empty-hint = Entitle one, and its channels may sell from the brand’s pool.
entitlement-left = Left
entitlement-of = { $count } of { $total }
entitlement-grant = Entitle a reseller
entitlement-grant-hint = What the reseller is short of comes from the brand’s pool, up to this many in all.
entitlement-brand = Brand
entitlement-reseller = Reseller
entitlement-granted = Units in all
entitlement-done = { $reseller } may sell { $granted } in all.
entitlement-below-used = { $used } were sold already, so there cannot be fewer.
entitlement-other-currency = Units were settled in { $currency }: the price cannot be in another currency.
swaps-title = Swap instead of truck
swaps-hint = Before goods are carried: whoever has as many where they are wanted may swap with you, and nothing moves.
swap-owner = Whose goods
swap-from = Where they are
swap-to = Where they are wanted
swap-cost = Carrying 1,000 units a kilometre costs
swap-km-a-day = Kilometres a day
swap-same-node = Two different nodes are needed.
swap-find = Find swaps
swaps-none = Nobody has any there
swaps-none-hint = The goods must be carried.
swaps-ask = What would be carried?
swaps-ask-hint = Fill in the form; nothing is changed by asking.
swap-distance = { $km } km are saved.
swap-saves = Saves { $amount }.
swap-do = Swap
swap-done = { $units } units were swapped.
swap-days = { $count ->
    [one] They are there { $count } day earlier.
    *[other] They are there { $count } days earlier.
}
swap-left = { $count ->
    [one] { $count } unit must be carried all the same.
    *[other] { $count } units must be carried all the same.
}
swap-units = { $count ->
    [one] { $count } unit.
    *[other] { $count } units.
}

# The peak
peak-title = Orders a second
peak-hint = How orders come in during this minute, at this server. Refused are those for which nothing was left to sell.
peak-now = In the last second
peak-accepted = Accepted
peak-refused = Refused
peak-a-second = in the last second
peak-wait = Wait
peak-wait-hint = nineteen of twenty, last ten seconds
peak-unfiled = Being filed
peak-unfiled-hint = accepted, their stock taken, not in every list yet
peak-minute = The last minute
peak-picture = Orders of each of the last sixty seconds, refused ones on top
peak-play = Play a peak
peak-play-hint = Many buyers want one thing at once and go through the same intake as everybody. What they buy is bought: this is a demo.
peak-code = What all want, by the channel’s code
peak-buyers = Buyers at once
peak-seconds = Seconds
peak-begin = Begin
peak-too-much = From 1 to { $buyers } buyers and from 1 to { $seconds } seconds are good.
peak-not-listed = { $code } is not listed on this channel.
peak-on = under way
peak-over = over
peak-free-before = Free before
peak-sold = Sold
peak-free = Free now
peak-turned-away = Turned away
peak-lost = Met trouble
peak-check = Checked while it goes on
peak-times = Times
peak-last = Last
peak-holds = holds
peak-breaches =
    { $count ->
        [one] { $count } breach
       *[other] { $count } breaches
    }
# Counts, corrections that take two, and what differs.
moved-sell = Sold at a till
counts-title = Counts and corrections
counts-hint = Count good units on the shelf: free, held and promised, not those that are picked, packed or damaged. The difference is taken against the ledger when it is booked.
count-do = Book the count
count-same = The book says the same
count-booked = The book said { $before } and says { $after } now
count-missing = { $units } promised units are not there: orders were sourced again as far as possible; see what differs
count-waits = The difference is larger than one may book alone: it waits for somebody else’s yes
count-unknown-lot = No lot of this code was ever received
count-again = Something changed at the same moment: send it again
proposals-title = Waiting for a second person
proposals-empty = Nothing waits
proposals-empty-hint = Corrections that are larger than one may make alone wait here for somebody else.
proposal-change = Correction
proposal-approve = Approve
proposal-reject = Reject
proposal-why = Why
proposal-own = You proposed it: somebody else decides
proposal-decided = It had its answer already
proposal-short = Only { $present } are there now, so { $asked } cannot be corrected: count again, or reject it
differences-title = Discrepancies
differences-hint = Where a count, a till or a channel says something else than the book, with what brought it up.
differences-all = Show all
differences-only-open = Show only unsettled
differences-empty = Nothing differs
differences-empty-hint = What counts, tills and channels say is what the book says.
difference-count-short = Fewer counted than promised
difference-till-took = A till sold promised units
difference-till-unbooked = A till sold units the book did not have
difference-channel = The channel shows another quantity
difference-open = To look at
difference-repairing = Being repaired
difference-stuck = Stuck
difference-repaired = Repaired
difference-resolved = Settled by hand
difference-expected = Book
difference-found = Found
difference-how = How it was settled
difference-settle = Settle
permission-stock-approve = Approve corrections of others
stuck-title = Stuck stock
stuck-hint = Units that have waited for long: since when, what has them, and what would free them.
stuck-days = Waiting for at least so many days
stuck-empty = Nothing is stuck
stuck-empty-hint = Whatever came in went on in time.
stuck-held = Held by
stuck-freed = What frees it
stuck-pick = Pick them
stuck-pack = Pack them
stuck-hand-over = Hand them over
stuck-inspect = Look them over
stuck-expect = Receive the rest, or expect no more
