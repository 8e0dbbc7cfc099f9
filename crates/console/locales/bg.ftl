# Български.

## Frame
product = Quartermaster
skip-to-content = Към съдържанието
nav-label = Основно меню
nav-overview = Преглед
nav-orders = Поръчки
nav-stock = Наличности
nav-nodes = Обекти
nav-stations = Събиране
nav-receive = Приемане
nav-import = Внасяне на файлове
nav-settings = Настройки
find-label = Намерете поръчка, артикул, пратка или обект
find-placeholder = Търсете или сканирайте
menu-of-person = Вашето меню
choose-language = Език
choose-theme = Цветове
theme-device = Като устройството
theme-light = Светли
theme-dark = Тъмни
clocks-in-zone = Часовете са в зона { $zone }.
keys-title = Клавиатура
keys-search = Търсене
keys-palette = Палитра с команди
keys-overview = Тези клавиши
keys-next-row = Следващ ред
keys-previous-row = Предишен ред
keys-open = Отвори реда
keys-select = Избери реда
keys-range = С щракване: избор на поредица
keys-edit = Промяна на числото
keys-scan = Скенерът работи на всяка страница: отваря се прочетеното.
palette-placeholder = Отидете или намерете нещо
design-title = Компоненти
design-hint = Всяка част на екраните във всяко състояние.
design-buttons = Бутони
design-fields = Полета
design-chips = Думи и съобщения
design-tables = Таблици
design-pictures = Диаграми
design-states = Празно, в ход, диалози
notifications = Докато ви нямаше
notifications-since = Непрочетено от
notifications-read = Прочетох всичко
notifications-late = Закъснели поръчки: { $tally }
notifications-none = Нищо важно
notifications-none-hint = Тук научавате за отказани поръчки, липси, отказани етикети и плащания, изгубени и върнати пратки.
notifications-ended = Вашата приключила работа
palette-results = Резултати
palette-none = Нищо няма такова име
palette-none-hint = Опитайте с по-малко букви или сканирайте кода.
palette-here = На тази страница
palette-exact = Точно съвпадение
palette-items = Артикули
palette-pages = Страници
palette-views = Изгледи на поръчките
palette-actions = Действия
palette-search-orders = Търси поръчки: „{ $text }“
action-invite = Поканете човек
action-make-key = Създайте API ключ
action-add-webhook = Добавете уебхук
action-add-merchant = Добавете търговец
sign-out = Изход
drawer-label = Подробности
close = Затваряне
any = Всички
apply = Приложи
clear = Изчисти
reason = Причина
quantity = Количество
required = задължително
older = По-стари
pages-label = Страници
first-page = Първа страница
next-page = Следваща страница
live-on = На живо
live-off = Свързваме се отново…

## Numbers and time
units =
    { $count ->
        [one] { $count } брой
       *[other] { $count } броя
    }
units-waiting =
    { $count ->
        [one] { $count } брой чака
       *[other] { $count } броя чакат
    }
units-late =
    { $count ->
        [one] { $count } брой закъснява
       *[other] { $count } броя закъсняват
    }
orders-count =
    { $count ->
        [one] { $count } поръчка
       *[other] { $count } поръчки
    }
late-count = закъсняват: { $count }
short-count = липсват: { $count }
refused-count = отхвърлени: { $count }
kilometres = { $count } км
weight-grams = { $count } г
weight-kilograms = { $amount } кг
time-now = сега
time-minutes-ago = преди { $count } мин
time-in-minutes = след { $count } мин
time-hours-ago = преди { $count } ч
time-in-hours = след { $count } ч
time-days-ago =
    { $count ->
        [one] преди { $count } ден
       *[other] преди { $count } дни
    }
time-in-days =
    { $count ->
        [one] след { $count } ден
       *[other] след { $count } дни
    }

## Columns
column-backlog = Чакащи
column-capabilities = Предлага
column-carer = Отговорник
column-channel = Канал
column-column = Колона
column-cost = Разход
column-customer = Клиент
column-distance = Разстояние
column-due = Срок
column-item = Артикул
column-kind = Вид
column-line = Ред
column-lines = Редове
column-lot = Партида
column-expires = Годно до
column-owner = Собственик
column-node = Обект
column-oldest = Най-отдавна
column-order = Поръчка
line-of-kit = от комплекта { $kit }
column-ordered = Поръчано
column-price = Цена
column-problem = Проблем
column-stage = Етап
column-state = Състояние
column-total = Общо
column-units = Бройки
column-value = Стойност
column-verdict = Резултат
column-answer = Отговор
column-message = Съобщение
column-result = Резултат
column-when = Кога

## Words: units of an order
state-unallocated = без обект
state-backordered = чака доставка
state-allocated = запазено
state-picked = събрано
state-packed = опаковано
state-shipped = изпратено
state-ready-for-pickup = готово за взимане
state-delivered = доставено
state-cancelled = отказано
state-returned = върнато
state-lost = изгубено

## Words: stock
stock-on-hand = Налично
stock-available = Свободно
stock-held = Задържано
stock-allocated = Запазено
stock-picked = Събрано
stock-packed = Опаковано
stock-staged = На рампата
stock-damaged = Повредено
stock-quarantine = За проверка
stock-in-transit = На път
stock-incoming = Очаквано
stock-supplier = Доставчик
stock-customer = Клиент
stock-production = Производство
stock-loss = Загуба
moved-receive = Прието
moved-expect = Очаквано
moved-hold = Задържано за количка
moved-allocate = Запазено
moved-release = Освободено
moved-pick = Събрано
moved-short = Не е намерено
moved-pack = Опаковано
moved-unpack = Извадено от кутията
moved-dispatch = Изпратено
moved-return = Върнато
moved-expire = Изтекъл срок
moved-adjust = Поправено

## Words: nodes and work
node-regional-centre = Регионален център
node-store = Магазин
node-vendor = Доставчик
node-partner = Логистичен партньор
can-ship = изпраща
can-pickup = взимане на място
method-ship = С куриер
method-pickup = Взимане на място
work-to-pick = За събиране
work-picking = Събира се
work-to-pack = За опаковане
work-to-ship = За изпращане
work-shipped = Изпратено
work-rejected = Отказано от обекта
work-cancelled = Отменено

## Words: parcels
milestone-label-created = Подготвя се
milestone-picked-up = Предадено на куриера
milestone-in-transit = На път
milestone-delayed = Закъснява
milestone-on-hold = Задържано при куриера
milestone-out-for-delivery = При куриера за доставка
milestone-ready-for-pickup = Готово за взимане
milestone-attempt-failed = Неуспешен опит за доставка
milestone-delivered = Доставено
milestone-returning = Връща се към подателя
milestone-returned = Върнато на подателя
milestone-cancelled = Отменено
milestone-lost = Изгубено
milestone-damaged = Повредено
milestone-undeliverable = Не може да се достави
milestone-unknown = Съобщение от куриера

## Words: views of the orders
queue-all = Всички
queue-unallocated = Без обект
queue-exceptions = С проблем
queue-partial = Частични
queue-to-pick = За събиране
queue-to-pack = За опаковане
queue-to-ship = За изпращане
queue-on-the-way = На път
queue-delivered = Доставени
queue-cancelled = Отказани
queue-late = Закъснели

## Words: what happened
event-order-placed = Поръчката е приета
event-order-refused = Поръчката е отхвърлена
event-order-allocated = Избрани са обекти
event-order-resourced = Преместено в друг обект
event-order-cancelled = Отказани бройки
event-order-erased = Лицето е забравено
event-picked = Събрано
event-short-picked = Липса при събиране
event-packed = Кашонът е затворен
event-parcel-opened = Кашонът е отворен отново
event-label-bought = Купен е етикет
event-label-failed = Етикетът не е получен
event-dispatched = Пратката тръгна
event-parcel-scanned = Отметка от куриера
event-delivered = Доставено
event-parcel-problem = Проблем с пратка
event-payment-authorised = Плащането е разрешено
event-payment-captured = Плащането е изтеглено
event-payment-refunded = Парите са върнати
event-payment-failed = Плащането не мина
event-stock-received = Приета стока
event-stock-adjusted = Поправена наличност
actor-system = Автоматично
actor-intake = Приемане на поръчки
actor-replay = Възпроизвеждане на история
actor-import = Внос от файл
actor-demo = Демо
actor-machine = Програма
actor-channel = Канал
actor-carrier = Превозвач
actor-customer = Клиент
actor-buyer = Снабдител
actor-clerk = Обслужване на клиенти
actor-picker = Събирач
actor-packer = Опаковчик
actor-driver = Шофьор

## Overview
tiles-label = Днес
tile-orders = Поръчки днес
tile-yesterday = вчера по това време: { $count }
tile-late = Закъснели за изпращане
tile-soon = още { $count } до два часа
tile-refused = Отхвърлени днес
tile-refused-hint = поради липса на стока
tile-exceptions = Изключения
tile-exceptions-hint = чакат решение
exceptions-empty = Нищо не чака решение
exceptions-empty-hint = Поетото от вас и отложеното е в другите раздели.
exceptions-unallocated = Поръчки, които чакат наличност
exceptions-orders =
    { $count ->
        [one] { $count } поръчка
       *[other] { $count } поръчки
    }
exceptions-boxes = Кутии за повторно затваряне
exceptions-parcels = Проблемни пратки
exceptions-outside = Пари и превозвачи
exceptions-webhooks = Уебхукове без отговор
exceptions-invariants = Нарушени инварианти
exceptions-check = Нова проверка
exceptions-retry = Опитай всички отново
exceptions-settle = Решено
exceptions-hurry = Опитай отново сега
effect-payment-refused = Плащането е отказано
effect-payment-waits = Плащането не минава
effect-carrier-refused = Превозвачът отказа
effect-carrier-waits = Няма връзка с превозвача
inbox-open = Отворени
inbox-mine = Мои
inbox-snoozed = Отложени
inbox-take = Поемам го
inbox-leave = Остави на други
inbox-snooze = Отложи
inbox-snooze-for = За колко време
inbox-wake = Върни
inbox-until = до
inbox-days =
    { $count ->
        [one] { $count } ден
       *[other] { $count } дни
    }
inbox-none-ticked = Първо отбележете кое имате предвид.
select-all = Избери всички
select-row = Избери { $name }
nobody = Никой
stages-title = Чакащи бройки
hours-title = Поръчки по часове
hours-label =
    { $count ->
        [one] { $count } поръчка днес, по часове
       *[other] { $count } поръчки днес, по часове
    }
recent-title = Последни събития
recent-empty = Още нищо не се е случило
recent-empty-hint = Първата поръчка или приемане ще се появи тук само.
map-label =
    { $count ->
        [one] Карта с { $count } обект
       *[other] Карта с { $count } обекта
    }

## Orders
views-label = Изгледи
view-keep = Запазете този изглед
view-keep-this = Запази
view-name = Име на изгледа
view-shared = Виждат го и колегите
view-forget = Изтрий „{ $name }“
flaw-view-name = Името на изгледа е от 1 до 60 знака.
flaw-view-many = Не може да запазите повече изгледи. Първо изтрийте един.
sort-label = Подредба
sort-newest = Първо най-новите
sort-oldest = Първо най-старите
sort-due = Отворени, първо спешните
columns-label = Колони
filters-more = Още филтри
orders-search = Търсене
orders-search-hint = Номер, име, имейл
orders-empty = Тук няма поръчки
orders-empty-hint = Новите поръчки от вашите канали се появяват сами. Можете и да внесете файл.
orders-none-found = Няма такава поръчка
orders-none-found-hint = Опитайте с по-малко думи или изчистете филтрите.
no-node-yet = още няма обект
not-due = —
bulk-ticked = Откажи отбелязаните
bulk-all = Откажи всички намерени
bulk-title = Отказ на много поръчки
bulk-preview = Ето какво ще стане. Още нищо не е направено.
bulk-whole = Изцяло отказани поръчки
bulk-partly = Частично отказани поръчки; останалото е изпратено
bulk-too-late = Остава: всичко е изпратено
bulk-before = Остава: вече е отказана
bulk-cut = Съвпадат повече поръчки, отколкото се правят наведнъж. Това са най-новите 5000.
bulk-final = Стоката се връща, етикетите се анулират и парите следват. Това не може да се върне: отказаната поръчка не се възстановява.
bulk-cancel =
    { $count ->
        [one] Откажи { $count } поръчка
       *[other] Откажи { $count } поръчки
    }
bulk-keep = Не отказвай нищо
bulk-none = Няма какво да се откаже
bulk-none-hint = Всички вече са изпратени или отказани.
bulk-each = Поръчка по поръчка
bulk-outcome = Какво става
bulk-refund = Връща се
bulk-units =
    { $count ->
        [one] { $count } брой се отказва
       *[other] { $count } броя се отказват
    }
bulk-left =
    { $count ->
        [one] { $count } брой е изпратен
       *[other] { $count } броя са изпратени
    }
bulk-shortened = Показани са само първите; горе са преброени всички. Резултатът ги изброява.

## One order
order-title = Поръчка { $number }
promise-title = Обещание
promised-by = Обещано до { $when }
no-promise = Не е обещан срок.
lifeline-label =
    { $count ->
        [one] Животът на поръчката: { $count } събитие
       *[other] Животът на поръчката: { $count } събития
    }
lines-title = Редове
fulfilments-title = Задачи по обекти
fulfilments-empty = Никой обект не работи по нея
fulfilments-empty-hint = Ще бъде избран обект, щом пристигне стока.
picked-of = събрани { $count } от { $total }
go-pick = Събиране
go-pack = Опаковане
parcels-title = Пратки
parcels-empty = Още няма пратки
parcels-empty-hint = Пратката се появява, когато кашонът ѝ се затвори.
label-pdf = Етикет (PDF)
label-zpl = Етикет (ZPL)
why-title = Защо този обект?
why-empty = Още няма решение
why-empty-hint = Тук се пази всяко решение за избор на обект с всичко сравнено.
decision-accept = Избор при приемане
decision-re-source = Повторен избор
decision-restock = Избор от нова стока
decision-exact = По-евтин план няма.
decision-limited = Най-добрият план, намерен в границите на търсенето.
cost-packages = Пакети
cost-weight = Тегло
cost-lines = Събиране
chosen = избран
verdict-chosen =
    { $count ->
        [one] Дава { $count } брой
       *[other] Дава { $count } броя
    }
verdict-tie = Същият разход; отстъпи при равенство
verdict-dearer = По-скъпо с { $extra }
verdict-at-least-dearer = По-скъпо поне с { $extra }
verdict-incomplete = Никой план с него не дава всичко
verdict-no-stock = Няма наличност
verdict-unexplored = Не е разгледан докрай
excluded-inactive = Изключен
excluded-method-not-offered = Не предлага този начин
excluded-out-of-area = Адресът е извън областта му
excluded-rejected = Вече е отказал тази поръчка
excluded-rule = Правило на търговеца
customer-page = Страница за клиента
money-title = Пари
money-authorised = Разрешено
money-captured = Изтеглено
money-refunded = Върнато
timeline-title = История
raw-title = Както я изпрати каналът

## Cancelling
cancel-title = Отказване на бройки…
cancel-hint = Изберете редовете. Първо ще видите какво ще стане.
cancellable =
    { $count ->
        [one] може да се откаже { $count } брой
       *[other] могат да се откажат { $count } броя
    }
cancel-preview = Покажи последствията
cancel-customer = По молба на клиента
cancel-out-of-stock = Не може да се достави
cancel-duplicate = Направена два пъти
cancel-fraud = Съмнение за измама
cancel-other = Друго
cancel-page-title = Отказване на бройки от поръчка { $number }
cancel-whole =
    { $count ->
        [one] Отказва се цялата поръчка: { $count } брой.
       *[other] Отказва се цялата поръчка: { $count } броя.
    }
cancel-part =
    { $count ->
        [one] Отказва се { $count } брой; останалото продължава.
       *[other] Отказват се { $count } броя; останалото продължава.
    }
cancel-because = Причина: { $reason }.
cancel-back-to = връща се на рафта: { $node }
cancel-not-held = не е било запазено никъде
cancel-refund = Клиентът получава обратно { $amount }.
cancel-release = Няма да бъдат изтеглени { $amount }.
cancel-no-money = Парите не се движат.
cancel-final = Отказаните бройки не се връщат; ще трябва нова поръчка.
cancel-done =
    { $count ->
        [one] Отказана е { $count } бройка.
       *[other] Отказани са { $count } бройки.
    }
cancel-too-late =
    { $count ->
        [one] { $count } бройка вече е изпратена и може само да бъде върната.
       *[other] { $count } бройки вече са изпратени и могат само да бъдат върнати.
    }
cancel-already = Всичко избрано вече е отказано.
cancel-label-pending = В момента се иска етикет от превозвача. Опитайте отново след няколко секунди.
cancel-outrun = Някой промени поръчката в същия момент.
cancel-do =
    { $count ->
        [one] Откажи { $count } брой
       *[other] Откажи { $count } броя
    }
keep-order = Запази поръчката

## Stock
stock-search = Търсене
stock-search-hint = Код, баркод, име
stock-hint = Всяко число отваря своя дневник.
more-nodes =
    { $count ->
        [one] Още { $count } обект
       *[other] Още { $count } обекта
    }
stock-empty = Още няма наличности
stock-empty-hint = Приемете стока и всеки артикул ще се появи тук.
stock-none-found = Няма такъв артикул
stock-none-found-hint = Опитайте с по-малко думи или изчистете филтрите.
ledger = Дневник
ledger-title = Дневник: { $item }
level-by-lot = Тези бройки са от партиди: задайте всяка партида с файл или през API.
ledger-empty = Нищо не се е движило
ledger-empty-hint = Всяко движение на това салдо ще бъде тук с причината си.
backorders-title = Чакащи доставка
backorders-hint = Кой чака стока, която още не е дошла. Получават я в този ред.
backorders-cover-hint = Стълбове: колко ще е дошло до всеки ден. Линия: всички, които чакат.
backorders-empty = Никой не чака
backorders-empty-hint = Поръчките чакат, когато каналът може да продава отвъд свободното: задайте го в правилата му.
backorders-nobody-knows = неизвестно
backorders-moved = изместена напред
backorders-move = Напред
backorders-move-one = Премести { $order } напред
backorders-why = Защо
backorders-not-waiting = Поръчката вече не чака. Нищо не е променено.
backorders-no-reason = Посочете защо, до 200 знака. Нищо не е променено.
backorders-wait = { $count ->
    [one] Чака { $count } бройка
   *[other] Чакат { $count } бройки
}
backorders-come = { $count ->
    [one] дотогава { $count } бройка
   *[other] дотогава { $count } бройки
}
lots-title = Партиди със срок
lots-hint = Стоки по партиди, първо тези, които изтичат най-рано. В този ред ги получават поръчките; изтеклото не се продава.
lots-empty = Няма партиди
lots-empty-hint = Въведете партидата и последния ѝ ден при приемане.
lots-within = В рамките на дни
lots-too-old-for = Вече не за
lot-keeps = без срок
lot-expired = изтекло
lot-last-day = последен ден
lot-until = до { $day }
lot-days =
    { $count ->
        [one] още { $count } ден
       *[other] още { $count } дни
    }
alerts-title = Прогноза за наличността
alerts-hint = Какво ще свърши, преди да дойде поръчаната сега стока, и кое е повече, отколкото ще се продаде. Проверява се всеки час.
alerts-empty = Няма нищо за преглед
alerts-empty-hint = Никоя продавана стока няма да свърши твърде рано и от никоя няма излишък.
alert-stockout = Свършва на { $day }
alert-excess = Излишни бройки: { $units }
alert-what = Прогноза
alert-ahead = Дни напред
alert-free = Свободни
alert-sells = Продава се за 100 дни
alert-expected = Очаквани
alert-picture = Свободна наличност по дни: { $from } днес, { $to } накрая.
holds-title = Задържания
holds-hint = Стока, задържана за колички, докато клиентите плащат. Когато времето изтече, тя сама става свободна.
holds-empty = Нищо не е задържано
holds-empty-hint = Магазините задържат стока през API, докато клиентът завършва поръчката.
hold-cart = Количка
hold-since = От
hold-ends = Изтича
hold-release = Освободи
hold-release-one = Освободи задържаното за { $cart }
expected-title = Очаквани стоки
expected-hint = Какво обещаха доставчиците. Докато не дойде, е очаквано и никой не може да го обещае за днес.
expected-empty = Нищо не се очаква
expected-empty-hint = Съобщавайте за поръчки към доставчици през API.
expected-reference = Поръчка към доставчик
expected-day = Ден
expected-late = Закъснява
expected-of = { $count } от { $total }
expected-later = По-късни
expected-close = Не се очаква повече
expected-over = Повече нищо не се очаква.
expected-now = Идва сега
expected-now-of = Колко { $item } идват сега
all-nodes = всички обекти
balance-after = след това
level-quantity = Промяна от { $count } на
level-reason = Причина
level-note = Бележка
level-do = Задаване
level-bad-quantity = Цяло число от 0
level-stale = Видели сте { $seen }, вече са { $present }. Задайте отново, ако още е вярно.
level-last = Последно движение:
level-again = Все пак смени от { $present } на { $asked }
level-take = Остави { $count }
level-was-set = Променено от { $before } на { $after }.
level-undo = Върни на { $count }
rename-title = Име на { $code }
rename-name = Име
rename-do = Преименувай
rename-back = Назад
rename-bad = Името има от 1 до 200 обикновени знака.
rename-stale = Вече се казва „{ $name }“.
rename-by = Промяна:
rename-again = Все пак наречи „{ $name }“
rename-take = Остави „{ $name }“
rename-done = Преименувано от „{ $before }“ на „{ $after }“.
rename-undo = Върни „{ $name }“
level-committed = Обещани или взети от рафта са { $committed }, затова общо не може да са { $asked }.
level-count = Преброено
level-correction = Грешка в книгата
level-lost = Изгубено
level-found = Намерено
level-broken = Счупено
level-expired = С изтекъл срок
level-used = Използвано тук

## Nodes
legend-size = размер = чакащи
nodes-empty = Още няма обекти
nodes-empty-hint = Добавете първия обект през API или с демото.
node-facts = Данни
queue-title = Опашка
work-empty = Тук няма работа
work-empty-hint = Работа се появява, щом обектът получи поръчка.

## Stations
stations-title = Къде работите?
stations-empty = Още няма работни места
stations-empty-hint = Всеки обект, който изпълнява поръчки, има работно място.
to-pick-count = за събиране: { $count }
to-pack-count = за опаковане: { $count }
start-next = Започни следващата
next-task = Следваща задача
pick-title = Събиране { $order }
pick-done = Всичко е събрано
pack-title = Опаковане { $order }
pack-done = Опаковано
left-of = готови { $count } от { $total }
in-box =
    { $count ->
        [one] { $count } брой в отворения кашон
       *[other] { $count } броя в отворения кашон
    }
scan-label = Сканирайте артикула
scan-next = Готово за сканиране
scan-ok = Вярно
scan-wrong = Не е от тази поръчка
scan-too-many = Вече е достатъчно
scan-wrong-order = От друга поръчка е
scan-unknown = Непознат код
scan-done = Готово
scan-wrong-stage = Първо друга стъпка
scan-refused = Не е направено
scan-wanted = Търси се: { $item }
scan-belongs-to = Принадлежи на { $order }
scan-pick-first = Първо го вземете.
scan-pack-first = Първо го опаковайте.
send = Изпрати
type-instead = Въведи ръчно
outbox-waiting = Записано тук, изпраща се…
outbox-offline = Записано тук. Ще се изпрати, когато има мрежа.
outbox-failed = Не е прието. Проверете страницата и сканирайте пак.
short-title = Не го намирам
short-hint =
    { $count ->
        [one] Липсва { $count } брой. Защо?
       *[other] Липсват { $count } броя. Защо?
    }
short-not-found = Няма го на рафта
short-damaged = Повредено
short-wrong-item = Там има друга стока
short-moved =
    { $count ->
        [one] { $count } брой идва от друг обект.
       *[other] { $count } броя идват от друг обект.
    }
short-waits =
    { $count ->
        [one] { $count } брой чака наличност.
       *[other] { $count } броя чакат наличност.
    }
short-only =
    { $count ->
        [one] Тук остава само { $count } брой.
       *[other] Тук остават само { $count } броя.
    }
box-weight = Тегло в грамове
box-size = Дължина × ширина × височина, мм
box-length = Дължина в милиметри
box-width = Ширина в милиметри
box-height = Височина в милиметри
close-box = Затвори кашона
box-closed = Кутията е затворена.
box-none-open = Няма отворена кутия. Първо сканирайте нещо в нея.
box-no-rate = Никоя услуга не превозва тази кутия. Проверете теглото и размерите.
label-waiting = Етикетът се купува
label-failed = Няма етикет

## What channels may sell
board-title = Какво могат да продават каналите
board-link = По канали
board-hint = Всяко число е колко може да продаде каналът сега. Напишете число върху квота и натиснете ← или →, за да преместите толкова към съседната квота; или я завлачете там.
board-hint-read = Всяко число е колко може да продаде каналът сега.
board-position = Вярно към позиция { $position } от потока събития.
board-left = остават { $left } от { $quantity }
board-shared = от общото
board-move = Преместване на квота
board-set = Задаване на квота
board-set-hint = Общо, заедно с продаденото. Ако е празно, каналът продава от общата наличност.
board-item = Баркод или артикул
board-channel = Канал
board-from = От
board-to = Към
board-reason = Защо
board-moved = Преместени: { $units } × { $item }
board-was-set = Квотата е зададена.
board-unknown-item = Търговецът на канала няма такъв артикул
board-unknown-channel = Няма такъв канал
board-not-that-many = От тази квота остават { $left }
board-below-used = От тази квота са продадени { $used }; не може да е по-малка
board-no-quota = Един от каналите няма квота за артикула. Първо задайте такава.
board-same-channel = Изберете два канала
board-bad-units = Такъв брой не е възможен
limit-off = не се продава
limit-nodes = не от всички обекти
limit-set-aside = останалото е заделено
limit-buffer = буферът е скрит
limit-quota = по квота
limit-life = част изтича твърде скоро
policy-title = { $channel }: какво може да продава
policy-general = Всички артикули без свое правило
policy-none = Няма правило. Ето какво важи без него.
policy-on = Продава
policy-nodes = От кои обекти
policy-nodes-all = От всички
policy-nodes-only = Само от тези
policy-nodes-except = От всички без тези
policy-which = Обекти
policy-buffer = Бройки, които не вижда
policy-life = Дни, които стоката трябва да изтрае
policy-life-hint = Пази се отсега; ще важи, щом наличността получи срокове на годност.
policy-beyond = Отвъд свободното може да продава
policy-beyond-nothing = нищо
policy-beyond-expected = очакваното за определен ден
policy-beyond-any = до толкова бройки
policy-beyond-most = Бройки от артикул, които може да чакат едновременно
policy-beyond-hint = Нужно е, когато не се чака доставка. Поръчките се приемат и чакат реда си.
policy-from = Може да се получи от (предварителни поръчки)
policy-save = Запазване
policy-clear = Премахване на правилото
policy-own = Артикули със свое правило
policy-own-none = Няма
policy-look = Преглед
policy-saved = Запазено.
policy-bad = Нищо не е променено: проверете обектите и числата

## Receiving
receive-title = Приемане на стока
receive-code = Баркод или код
receive-do = Приеми
receive-reference = Стокова разписка
receive-reference-hint = Същата разписка за същата стока и обект е същата доставка.
receive-bad-reference = Най-много 200 знака обикновен текст
receive-lot-hint = Каквото е отпечатано на стоката, ако има партида.
receive-needs-lot = Тази стока се приема по партиди: посочете партидата
receive-bad-lot = Партидата е от 1 до 60 знака обикновен текст
receive-bad-day = Ден като 2026-03-02
receive-other-expiry = Партидата е известна с друг срок: { $known }
receive-done = Прието: { $units } × { $item }
receive-repeated = Тази разписка вече е заведена за тази стока и обект. Нищо не е променено.
receipts-title = Последно приети
receipts-empty = Още нищо не е прието
receipts-empty-hint = Приетото ще се вижда тук заедно с дневника си.

## Importing
import-title = Внасяне на файлове
import-file = Файл (CSV или XLSX)
import-channel = Канал
table-was-trial = Проба: нищо не е променено.
table-to-run = Назад, за да се внесе
import-kind = Какво съдържа
import-kind-orders = Поръчки
import-kind-items = Артикули
import-kind-listings = Обяви
import-kind-nodes = Обекти
import-kind-stock = Наличности
exports-title = Изнасяне
export-these = Експорт на показаното
export-form = Формат на файла
table-columns = Колони
table-no-column = Няма във файла
table-merchant = Търговец, ако файлът не казва
table-overwrite = Задаване на наличността, каквато и да е вече, ако файлът не казва предишната
table-trial = Проба
table-run = Внасяне
table-trial-hint = Пробата показва какво би станало и не променя нищо.
table-preview = Първи редове
table-empty = Няма редове
table-empty-hint = Във файла има най-много заглавен ред.
file-workbook-large = Разопакована, книгата е твърде голяма. Запишете я като CSV.
file-workbook-broken = Книгата не може да се прочете. Запишете я като XLSX без парола или като CSV.
file-none = Изберете файл и канал.
file-empty = Файлът е празен.
file-too-large = Файлът е най-много 100 MB.
file-encoding = Файлът не е в UTF-8. Запишете го като „CSV UTF-8“.
file-unknown = Заглавният ред е в непознат формат.
file-missing-columns = Липсват колони: { $columns }
file-repeated-column = Колоната { $column } се среща два пъти.
file-broken = Файлът не може да се прочете след ред { $row }. Има ли незатворена кавичка?
import-hint = Износ от Shopify или нашите колони. Същият файл повторно не променя нищо.
import-do = Качи
import-columns = Колони
imports-title = Внасяния
imports-empty = Още няма внасяния
imports-empty-hint = Тук ще е всеки файл с резултата си.
operations-title = Операции
operations-empty = Още няма операции
operations-empty-hint = Тук са внесените и изнесените файлове и работата по много неща наведнъж.
operations-older = По-стари
operations-all = Всички операции
operation-what = Какво
operation-who = Поискано от
operation-rows = Редове
operation-subject = За
operation-import-orders = Внасяне на поръчки
operation-import-items = Внасяне на артикули
operation-import-listings = Внасяне на обяви
operation-import-nodes = Внасяне на обекти
operation-import-stock = Внасяне на наличности
operation-cancel-orders = Отказ на поръчки
operation-export-items = Изнасяне на артикули
operation-export-listings = Изнасяне на обяви
operation-export-nodes = Изнасяне на обекти
operation-export-stock = Изнасяне на наличности
operation-export-orders = Изнасяне на поръчки
operation-export-events = Изнасяне на събития
operation-planned = Чака
operation-running = Изпълнява се
operation-stopping = Спира се
operation-succeeded = Завършено
operation-partly = Завършено с откази
operation-failed = Неуспешно
operation-cancelled = Спряно
operation-done = Направени
operation-unchanged = Вече така
operation-skipped = Пропуснати
operation-refused = Отхвърлени
operation-download = Изтегляне
operation-results = Какво стана с всеки ред (CSV)
operation-outcome = Резултат
operation-stop = Спиране
operation-stop-hint = Направеното остава.
operation-file-gone = Срокът на файла е изтекъл. Изпратете го отново.
operation-fault = Грешка при нас. Започнете отново.
operation-file-broken = Файлът не може да се прочете докрай. Поправете го и го изпратете отново: нищо не се приема два пъти.
rows-read = готови редове: { $count } от { $total }
import-errors = Отхвърлени редове
import-errors-file = Всички като CSV
row-missing = Трябва да се попълни
row-unknown-item = Няма артикул с този код
row-bad-quantity = Не е цяло число над нула
row-bad-amount = Не е парична сума
row-bad-time = Не е дата или час
row-bad-address = Адресът не е пълен
row-conflict = Същата поръчка вече дойде с друго съдържание
row-no-stock = Няма достатъчно стока
row-unknown-channel = Няма канал с този код
row-unknown-node = Няма обект с този код
row-code-taken = Този код е на друг артикул
row-stale = Числото се е променило междувременно
row-committed = Обещаните или взети от рафта са повече, отколкото биха останали
row-units-have-left = Част вече е изпратена и остава
row-order-has-left = Всичко е изпратено; може само да се върне
row-already-cancelled = Вече е отказана
row-no-such-order = Няма такава поръчка
row-label-pending = Етикетът ѝ се купува в момента; откажете я отново след минута
row-order-changed = Някой друг я променя; откажете я отново
row-bad-code = Таблицата е превърнала кода в число
row-bad-currency = Не е валута
row-bad-flag = Не е true или false
row-bad-text = Твърде дълго или не е обикновен текст
row-bad-row = Клетките или кавичките не отговарят на заглавния ред
row-contradiction = Различава се от първия ред на същата поръчка
row-too-large = Повече редове, отколкото може да има една поръчка
row-lost = Грешката е наша; изпратете файла отново

## Signing in
sign-in = Вход
email = Имейл
password = Парола
password-hint = Поне 12 знака.
first-run-title = Първият администратор
first-run-hint = Още никой не може да влезе. Първия профил създава този, който е пуснал сървъра.
first-run-secret = Тайна за първото пускане
first-run-secret-hint = Сървърът я е отпечатал при пускането.
first-run-do = Създай профила
sign-in-refused = Адресът и паролата не си подхождат.
sign-in-with = Вход чрез { $provider }
sign-in-unreachable = Доставчикът на самоличност не отговаря. Опитайте пак или влезте с парола.
sign-in-not-admitted = Доказахте кой сте, но тук никой не ви познава. Обърнете се към отговорника за хората.
sign-in-not-begun-here = Този вход не е започнат в този браузър или вече е приключил. Започнете отначало.
sign-in-not-proven = Доставчикът на самоличност не пусна никого. Започнете отначало.
sign-in-locked =
    { $count ->
        [one] Твърде много опити. Изчакайте { $count } минута и опитайте отново.
       *[other] Твърде много опити. Изчакайте { $count } минути и опитайте отново.
    }
first-run-wrong-secret = Това не е тайната, която сървърът отпечата при последното пускане.
first-run-over = Първият профил вече съществува. Влезте.
email-taken = Този адрес вече е зает.
flaw-email = Това не е имейл адрес.
flaw-name = Името има от 1 до 200 знака.
flaw-password = Паролата има поне 12 знака.
organisation = Организация
your-name = Вашето име

## Trouble
not-found-title = Тук го няма
not-found-advice = Адресът може да е сгрешен или обектът вече да не съществува. Намерете го по номера му.
forbidden-title = Не е позволено
forbidden-advice = Вашият профил няма това право. Обърнете се към администратор.
conflict-title = Вече не е така
conflict-advice = Нещо се е променило, откакто страницата беше показана. Отворете я отново и решете пак.
bad-request-title = Не разбрахме
bad-request-advice = Върнете се, проверете въведеното и го изпратете отново.
too-many-title = Твърде бързо
too-many-advice = Изчакайте малко и опитайте пак.
fault-title = Грешката е наша
fault-advice = Записана е. Опитайте след минута; ако продължи, кажете на администратора номера по-долу.
effect-nothing = Нищо не е променено.
effect-unknown = Още не знаем дали е изпълнено. Същата форма може да се изпрати пак: изпълнява се най-много веднъж.
command-reused = Този формуляр вече беше изпратен с друго съдържание. Сега нищо не е променено.
to-overview = Към прегледа
request-id = Заявка

## Webhooks
api-title = Справочник на API
api-contents = Съдържание
api-types = Типове
api-hint = Задайте в обвивката $QUARTERMASTER (този адрес) и $KEY (ключ за API) и примерите могат да се поставят направо.
api-needed = задължително
api-parameters = Параметри
api-body = Тяло:
api-answers = Отговори
api-example = Пример
webhooks-hint = Съобщавайте на други системи какво се случва тук веднага щом се случи. Всяко съобщение е подписано.
webhooks-empty = Още няма уебкуки
webhooks-empty-hint = Добавете адрес и той ще получава всичко, което се случи оттам нататък.
webhooks-too-many = Уебкуките вече са толкова, колкото може да има.
webhook-add = Добави уебкука
webhook-url = Адрес
webhook-url-hint = HTTPS, на публичен сървър
webhook-description = Описание
webhook-kinds = Събития
webhook-kinds-hint = Не отбелязвайте нищо, за да получавате всички.
webhook-kinds-all = всички събития
webhook-bad-url = На този адрес не се изпраща нищо: трябва да е HTTPS на порт 443 на публичен сървър.
webhook-bad-description = Най-много 200 знака на един ред
webhook-enabled = включена
webhook-retrying = опитва отново
webhook-disabled = изключена
webhook-gone = получателят го няма
webhook-given-up = опитите са изчерпани
webhook-secret = Тайна за подпис
webhook-secret-hint = Предайте я на получателя сега: няма да се покаже отново.
webhook-secret-shown = Тайната вече беше показана. Ако никой я няма, сменете я.
webhook-ping = Изпрати проба
webhook-ping-done = Пробата се изпраща; резултатът ще се появи по-долу.
webhook-enable = Включи
webhook-enable-done = Включена. Продължава оттам, където е спряла.
webhook-disable = Изключи
webhook-disable-done = Изключена. Мястото ѝ се пази.
webhook-change = Промени
webhook-change-done = Променено. Каквото чака, отива на този адрес.
webhook-changed-since = Уебкуката е променена, откакто отворихте страницата. Ето каква е сега: вижте я и я променете отново, ако още е нужно.
webhook-remove = Премахни уебкуката
webhook-remove-hint = Заедно с дневника на опитите. Неизпратени събития: { $count }; няма да бъдат изпратени.
webhook-remove-done = Уебкуката е премахната.
webhook-rotate = Смени тайната
webhook-rotate-hint = 24 часа подписват и двете тайни.
webhook-former-until = Предишната тайна подписва до
webhook-position = Изпратено до позиция
webhook-next-attempt = Следващ опит
webhook-replay = Изпрати отново
webhook-replay-hint = Събитията се броят от 1; сега са { $count }. Номерът на съобщението остава същият.
webhook-replay-first = От позиция
webhook-replay-last = До позиция
webhook-replay-done = Тези събития се изпращат отново.
webhook-replay-bad = Изберете съществуващи позиции, първата не след последната.
webhook-replay-running = Събития вече се изпращат отново.
webhook-replay-disabled = Изключена уебкука не получава нищо: първо я включете.
webhook-replaying = Изпраща се отново
attempts-title = Изпращания
attempts-empty = Още нищо не е изпратено
attempts-empty-hint = Всеки опит се пази тук с отговора 30 дни.
attempt-event = събитие
attempt-replay = отново
attempt-ping = проба
attempt-delivered = доставено
attempt-answered = друг отговор
attempt-refused = забранен адрес
attempt-timed-out = няма отговор навреме
attempt-unreachable = недостъпен
attempt-no = опит { $count }
attempt-took = { $count } мс

## Tracking page
arrives-on = Пристига { $day }
arrives-between = Пристига { $from } – { $to }
arrives-unknown = Подготвяме поръчката ви. Денят ще се покаже тук.
delayed-to = По-късно от обещаното: пристига { $day }
delayed-between = По-късно от обещаното: пристига { $from } – { $to }
delivered-on = Доставено { $day }
tracking-cancelled = Тази поръчка е отказана.
updated = последна промяна { $when }
support-title = Въпроси за поръчката?
parcels-split =
    { $count ->
        [one] Поръчката ви идва в { $count } пратка.
       *[other] Поръчката ви идва в { $count } пратки. Може да пристигнат в различни дни.
    }
parcel-of = Пратка { $count } от { $total }
steps-label = Етапи
units-in-preparation =
    { $count ->
        [one] Още { $count } брой се подготвя.
       *[other] Още { $count } броя се подготвят.
    }

## What one may do
permission-missing = Ролите ви не позволяват това. Нужно е: { $permission }.
permission-orders-read = Вижда поръчки
permission-orders-write = Въвежда поръчки
permission-orders-cancel = Отменя поръчки
permission-stock-read = Вижда наличности
permission-stock-receive = Приема стока
permission-stock-adjust = Коригира наличности
permission-catalogue-read = Вижда каталога
permission-catalogue-write = Променя каталога
permission-network-read = Вижда обектите
permission-network-write = Променя обектите
permission-floor-work = Събира и опакова
permission-shipping-read = Вижда пратки и етикети
permission-shipping-write = Предава пратки
permission-tracking-write = Съобщава за доставки
permission-merchants-read = Вижда търговците
permission-merchants-write = Променя търговците
permission-people-read = Вижда хората
permission-people-write = Кани и дава роли
permission-owners-write = Определя собственици
permission-keys-write = Създава API ключове
permission-events-read = Следи събитията
permission-webhooks-write = Настройва уебхукове
permission-audit-read = Вижда кой какво е променил
permission-data-import = Внася файлове
permission-data-export = Изнася всичко
permission-operations-read = Вижда какво се изпълнява
permission-settings-write = Променя настройките
permission-customers-erase = Забравяне на клиенти
permission-customers-read = Вижда клиентите
permission-money-read = Вижда цени и разходи
permission-stock-trade = Сменя собственика на стоки
role-owner = Собственик
role-admin = Администратор
role-merchant-ops = Операции на търговец
role-planner = Планиращ
role-wh-manager = Началник склад
role-picker = Събирач
role-store-associate = Служител в магазин
role-support = Обслужване на клиенти
role-finance = Финанси
role-partner = Оператор на партньор
role-carrier-bot = Система на превозвач
role-channel-app = Система на канал
role-auditor = Одитор
role-agent = Агент (машина)

## Settings
yes = да
settings-people = Хора
settings-roles = Роли
settings-badges = Баджове
settings-keys = API ключове
settings-merchants = Търговци
settings-privacy = Поверителност
settings-look = Облик
settings-organisation = Организация
settings-me = Моите настройки
settings-webhooks = Уебкуки
settings-providers = Доставчици на самоличност
settings-audit = Промени
settings-sessions = Вашите сесии
settings-person = Човек
settings-role = Роля
settings-area = Къде
settings-permission = Право
settings-change = Промяна
settings-until = до
settings-used = Последно използване
settings-key = Ключ
settings-name = Име
area-everywhere = Цялата организация
more-than-own = Можете да давате, отнемате и ползвате само това, което е разрешено на вас.
last-owner = Организацията трябва да има собственик. Първо определете друг.
person-dismissed = освободен
person-dismiss = Освобождаване
role-give = Даване на роля
role-take = Отнемане на роля
roles-hint = Какво позволява всяка роля. Къде важи, се определя при даването ѝ.
invite-title = Покана на колега
invite-do = Създаване на връзка
invite-made = Поканата е готова
invite-made-hint = Предайте тази връзка лично. Показва се само сега, важи веднъж и седем дни.
invite-link = Връзка
invite-withdraw = Оттегляне
invited-title = Отворени покани
invited-none = В момента никой не е поканен.
key-title = Създаване на ключ
key-name = За какво е ключът
key-days = Валидност в дни
key-for = Позволява
key-for-all = Всичко, позволено на създателя
key-make = Създаване
key-made = Ключът е готов
key-made-hint = Копирайте го сега: показва се само този път.
key-version = API от { $version }
key-unused = никога
key-revoke = Отнемане
badge-made = Баджът е готов
badge-made-hint = Отпечатайте страницата сега: кодът се показва само този път.
device-made = Устройството е добавено
device-made-hint = Отворете връзката на устройството до половин час. Браузърът, който я отвори пръв, е устройството.
device-link = Връзка на устройството
device-here = Това е устройството
badges-none = Няма баджове
badges-none-hint = С бадж хората влизат на общо устройство с едно сканиране.
badge-pin = ПИН
badge-is-locked = заключен
badge-has-pin = има
badge-no-pin = няма
badge-set-pin = Задаване на ПИН и отключване
devices-title = Общи устройства
devices-none = Няма устройства
devices-none-hint = Общото устройство стои на един обект и приема баджове.
device-node = Обект
device-waits = чака връзката си
badge-title = Правене на бадж
badge-pin-hint = От шест до дванадесет цифри. Без ПИН влиза всеки, който намери баджа.
badge-make = Правене на бадж
device-title = Добавяне на общо устройство
device-add = Добавяне на устройство
badge-flaw-pin = ПИН кодът има от 6 до 12 цифри, и не една и съща.
device-take-title = Настройка на устройството
device-take-hint = Отсега нататък тук се влиза с бадж. Какво може всеки, решават ролите му на обекта на устройството.
device-take = Използване като общо устройство
badge-show = Сканирайте баджа си
badge-pin-title = Вашият ПИН
badge-code = Бадж
badge-in = Вход
badge-another = Друг бадж
badge-by-password = Вход по друг начин
badge-refused = Този бадж не отваря нищо.
badge-wrong-pin = Това не е ПИН кодът на баджа.
badge-locked = Баджът е заключен след твърде много грешни ПИН кодове. Обърнете се към отговорника за хората.
view-title = През очите на друг
view-hint = Виждате каквото показва ролята и нищо не може да се променя, докато не се върнете.
view-do = Преглед като
viewing-as = Виждате конзолата като { $role }. Нищо не може да се променя.
viewing-end = Обратно към себе си
viewing-only = Гледате като друга роля, затова нищо не може да се променя. Първо се върнете към себе си.
providers-hint = Хората могат да влизат с профил, който вече имат. Първия път решава потвърденият имейл на някой, който вече е записан.
provider-title = Добавяне на доставчик на самоличност
provider-redirect = Адрес за връщане, който се регистрира при доставчика
provider-issuer = Издател
provider-client = ID на клиента
provider-secret = Тайна на клиента
provider-secret-hint = Оставете празно, за да се запази сегашната.
provider-address = Адрес на тази конзола
provider-domains = Имейл домейни
provider-domains-hint = С интервали помежду. Празно значи всеки домейн.
provider-unknown = Хора, които никой не е записал
provider-refuse = не се допускат
provider-add = Добавяне на доставчик
provider-save = Запазване
provider-remove = Премахване
provider-too-many = Доставчиците са достатъчно. Първо премахнете един.
provider-flaw-name = Името има от 1 до 100 знака.
provider-flaw-issuer = Издателят е https адрес на публичен хост без параметри. Частните хостове трябва да се разрешат при стартиране на сървъра.
provider-flaw-client = ID на клиента има от 1 до 200 знака.
provider-flaw-secret = Тайната на клиента има от 1 до 500 знака.
provider-flaw-address = Адресът на тази конзола е https:// и хост, без нищо след него.
provider-flaw-domains = Домейнът е това, което стои след @ в имейла.
provider-flaw-admits = Незаписани хора се допускат само от посочени домейни и никога като собственици.
keys-none = Няма ключове
keys-none-hint = На машината ѝ трябва ключ за API.
privacy-title = Забравяне на клиент
privacy-hint = Поръчаното остава в книгите. Кой е поръчал изчезва завинаги: име, адрес, имейл, бележки.
privacy-whom = Имейл адрес или номер на поръчка в системата
privacy-look = Покажи какво ще се изтрие
privacy-wrong = Това не е нито имейл адрес, нито номер на поръчка в системата.
privacy-none = Никой не е познат така
privacy-none-hint = Може би е поръчано с друг имейл адрес или клиентът вече е забравен.
privacy-order = Поръчка
privacy-placed = Направена
privacy-parcels = Пратки
privacy-standing = Какво става
privacy-ready = Ще се изтрие
privacy-under-way = Още е в движение и засега остава
privacy-erased = Вече е изтрита
privacy-warning = Изтритото не може да се върне.
privacy-left = Тези още са в движение и адресът им трябва. Откажете ги или се върнете, когато пристигнат:
privacy-do =
    { $count ->
        [one] Изтрий завинаги { $count } поръчка
       *[other] Изтрий завинаги { $count } поръчки
    }
privacy-done =
    { $count ->
        [one] { $count } поръчка е изтрита
       *[other] { $count } поръчки са изтрити
    }
merchant-title = Добавяне на търговец
merchant-add = Добавяне
merchant-rename = Преименуване
look-title = Как изглежда {$name}
look-hint = Служителите го виждат на всяка страница, а клиентите — на страниците на своите поръчки.
look-hint-merchant = Клиентите го виждат на страниците на своите поръчки. Което е празно, е като на организацията.
look-name = Име за клиентите
look-colour = Цвят
look-own-colour = Собствен цвят
look-colour-hint = За връзки и главни бутони. Тъмните страници получават по-светъл оттенък.
look-logo = Лого
look-file = PNG или SVG, до 128 KiB и 1024 пиксела на страна
look-no-logo = Премахване на логото
look-support = Към кого се обръщат клиентите
look-phone = Телефон
look-link = Страница за помощ
look-save = Запазване
flaw-colour = Това не е цвят.
flaw-pale = Текст в този цвят не се чете на светли страници. Най-близкият четлив е {$colour}.
flaw-phone = Телефонният номер има само цифри, интервали и + ( ) - . /
flaw-link = Адресът на страницата започва с https://
flaw-logo = Това не е четимо изображение PNG или SVG или е твърде голямо.
flaw-merchant = Името има от 1 до 200 знака.
sessions-hint = Сесията приключва след половин час бездействие и най-късно след дванадесет часа.
me-pages = Вашите страници
me-pages-hint = Така изглеждат на всяко устройство, на което влизате.
me-zone = Часова зона
me-zone-hint = Ако е празно, часовете са в {$zone}, а при обект — в неговата зона.
organisation-zone-hint = Където започва денят. Обектите имат своя, а хората могат да изберат друга.
me-density = Плътност
density-comfortable = Удобна
density-dense = Сбита
me-saved = Настройките ви са запазени.
me-password = Парола
me-password-hint = Другите ви сеанси приключват. Ако влизате с външен профил, тук нямате парола.
me-password-old = Сегашна парола
me-password-new = Нова парола, поне 12 знака
me-password-change = Смяна на паролата
me-password-wrong = Това не е сегашната ви парола.
me-password-changed = Паролата е сменена, другите сеанси приключиха.
flaw-zone = Няма такава часова зона. Името изглежда като Europe/Sofia.
session-since = От
session-this = тази
session-end = Приключване
sessions-end = Излизане отвсякъде
audit-kind = Какво се е случило, например role.
audit-text = Думи в промяната
audit-do = Търсене
audit-what = Какво
audit-who = Кой
audit-before = Преди
audit-after = След
audit-older = По-стари
audit-none = Няма намерени промени
audit-none-hint = Тук се пазят промени на хора, роли, ключове, търговци и корекции на наличности.
join-title = Присъединяване
join-hint = Поканени сте в { $organisation }. Ще влизате с
join-do = Присъединяване

# Ownership
moved-own = Смени собственика
ownership-title = Собственост
statement-of = Отчет на
statement-with = С кого
statement-from = От
statement-until = До
statement-file = Свали CSV
statement-given = Дадено
statement-got = Получено
statement-balance = Дължат ни
statement-empty = Нищо не е сменило собственика си
statement-empty-hint = Изберете друг търговец или други дни, или сменете собственика на стоки по-долу.
ownership-parties = От и на
ownership-amount = Сума
ownership-each = { $price } за брой
ownership-cause = Основание
ownership-reversal = Върнато
ownership-price = Цена за брой
ownership-change = Смени собственика
ownership-change-hint = Стоката остава на мястото си; редът за уреждане казва кой на кого дължи.
ownership-giver = Кой дава и на кого се дължи
ownership-taker = Кой получава и дължи
ownership-reference = Референция
ownership-done = Смениха собственика си: { $units } бр. за { $amount }.
ownership-repeated = Това вече е направено под същата референция; нищо не е променено.
ownership-short = Свободни са само { $present }; нищо не е променено.
ownership-conflict = Референцията е използвана за друго прехвърляне; дайте нова.
ownership-bad-party = Нужни са двама различни търговци, от чието име може да действате.
ownership-bad-price = Цената е сума като 4.50.
ownership-bad-reference = Референцията е от 1 до 200 знака.
ownership-too-large = Сумата е твърде голяма.
entitlements-title = Права за продажба
entitlements-empty = Никой препродавач няма права
entitlements-empty-hint = Дайте право и каналите му ще продават от наличностите на марката.
entitlement-left = Остават
entitlement-of = { $count } от { $total }
entitlement-grant = Дай право за продажба
entitlement-grant-hint = Каквото не достига на препродавача, идва от наличностите на марката, най-много толкова общо.
entitlement-brand = Марка
entitlement-reseller = Препродавач
entitlement-granted = Общо бройки
entitlement-done = { $reseller } може да продаде общо { $granted }.
entitlement-below-used = Вече са продадени { $used }, не може по-малко.
entitlement-other-currency = Вече е уреждано в { $currency }: цената не може да е в друга валута.
swaps-title = Размяна вместо камион
swaps-hint = Преди да се вози: който има толкова там, където трябва, може да се размени с вас, и нищо не се мести.
swap-owner = Чия стока
swap-from = Където е
swap-to = Където трябва
swap-cost = Превозът на 1000 бр. на километър струва
swap-km-a-day = Километри на ден
swap-same-node = Нужни са два различни обекта.
swap-find = Намери размени
swaps-none = Там никой няма
swaps-none-hint = Стоката трябва да се превози.
swaps-ask = Какво би се превозило?
swaps-ask-hint = Попълнете формата; въпросът не променя нищо.
swap-distance = Спестени са { $km } км.
swap-saves = Спестява { $amount }.
swap-do = Размени
swap-done = Разменени са { $units } бр.
swap-days = { $count ->
    [one] С { $count } ден по-рано.
    *[other] С { $count } дни по-рано.
}
swap-left = { $count ->
    [one] { $count } брой все пак трябва да се превози.
    *[other] { $count } броя все пак трябва да се превозят.
}
swap-units = { $count ->
    [one] { $count } брой.
    *[other] { $count } броя.
}

# The peak
peak-title = Поръчки в секунда
peak-hint = Как идват поръчките през тази минута, на този сървър. Отказани са тези, за които не е останало нищо за продан.
peak-now = През последната секунда
peak-accepted = Приети
peak-refused = Отказани
peak-a-second = през последната секунда
peak-wait = Чакане
peak-wait-hint = деветнадесет от двадесет, за десет секунди
peak-unfiled = Подреждат се
peak-unfiled-hint = приети, стоката им е взета, още не са във всички списъци
peak-minute = Последната минута
peak-picture = Поръчките за всяка от последните шестдесет секунди, отказаните отгоре
peak-play = Разиграй пик
peak-play-hint = Много купувачи искат едно и също наведнъж и минават по пътя на всички. Каквото се купи, купено е: това е демонстрация.
peak-code = Какво искат всички, по кода на канала
peak-buyers = Купувачи наведнъж
peak-seconds = Секунди
peak-begin = Започни
peak-too-much = Може от 1 до { $buyers } купувачи и от 1 до { $seconds } секунди.
peak-not-listed = { $code } не се продава на този канал.
peak-on = тече
peak-over = свърши
peak-free-before = Свободни преди
peak-sold = Продадени
peak-free = Свободни сега
peak-turned-away = Без стока
peak-lost = С наша грешка
peak-check = Проверява се междувременно
peak-times = Пъти
peak-last = Последно
peak-holds = вярно
peak-breaches =
    { $count ->
        [one] { $count } нарушение
       *[other] { $count } нарушения
    }
# Counts, corrections that take two, and what differs.
moved-sell = Продадено на каса
counts-title = Броене и поправки
counts-hint = Бройте годните бройки на рафта: свободни, задържани и обещани, без събраните, опакованите и повредените. Разликата се взема спрямо книгата в момента на записване.
count-do = Запиши преброеното
count-same = В книгата е същото
count-booked = В книгата беше { $before }, сега е { $after }
count-missing = Липсват обещани бройки: { $units }. Поръчките са пренасочени, доколкото може; вижте разликите
count-waits = Разликата е по-голяма, отколкото може да запише един човек: чака съгласието на друг
count-unknown-lot = Партида с такъв код не е приемана
count-again = Нещо се промени в същия миг: изпратете отново
proposals-title = Чакат втори човек
proposals-empty = Нищо не чака
proposals-empty-hint = Тук чакат поправки, по-големи, отколкото може да направи един човек.
proposal-change = Поправка
proposal-approve = Одобри
proposal-reject = Откажи
proposal-why = Защо
proposal-own = Вие я предложихте: решава друг
proposal-decided = Вече има отговор
proposal-short = Сега там са само { $present }, затова { $asked } не могат да се поправят: пребройте отново или откажете
differences-title = Разлики
differences-hint = Къде броене, каса или канал казва друго, а не това от книгата, и от какво се появи.
differences-all = Покажи всички
differences-only-open = Само нерешените
differences-empty = Няма разлики
differences-empty-hint = Броенията, касите и каналите казват същото като книгата.
difference-count-short = Преброени по-малко от обещаните
difference-till-took = Каса продаде обещани бройки
difference-till-unbooked = Каса продаде бройки, които книгата нямаше
difference-channel = Каналът показва друго количество
difference-open = За преглед
difference-repairing = Поправя се
difference-stuck = Заседнала
difference-repaired = Поправена
difference-resolved = Решена на ръка
difference-expected = Книга
difference-found = Намерено
difference-how = Как е решена
difference-settle = Реши
permission-stock-approve = Одобрява чужди поправки
stuck-title = Заседнала наличност
stuck-hint = Бройки, които чакат отдавна: откога, какво ги държи и какво ще ги освободи.
stuck-days = Чакат поне толкова дни
stuck-empty = Нищо не е заседнало
stuck-empty-hint = Каквото е дошло, е продължило навреме.
stuck-held = Държи ги
stuck-freed = Какво ги освобождава
stuck-pick = Съберете ги
stuck-pack = Опаковайте ги
stuck-hand-over = Предайте ги
stuck-inspect = Прегледайте ги
stuck-expect = Приемете остатъка или не очаквайте повече
