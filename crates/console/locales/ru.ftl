# Русский.

## Frame
product = Quartermaster
skip-to-content = К содержанию
nav-label = Главное меню
nav-overview = Обзор
nav-orders = Заказы
nav-stock = Запасы
nav-nodes = Узлы
nav-stations = Сборка
nav-receive = Приёмка
nav-import = Импорт файлов
nav-settings = Настройки
find-label = Найти заказ, товар, посылку или узел
find-placeholder = Найти или отсканировать
menu-of-person = Ваше меню
choose-language = Язык
choose-theme = Цвета
theme-device = Как на устройстве
theme-light = Светлые
theme-dark = Тёмные
clocks-in-zone = Время указано в поясе { $zone }.
keys-title = Клавиатура
keys-search = Поиск
keys-palette = Палитра команд
keys-overview = Эти клавиши
keys-next-row = Следующая строка
keys-previous-row = Предыдущая строка
keys-open = Открыть строку
keys-select = Выбрать строку
keys-range = С щелчком: выбрать ряд строк
keys-edit = Изменить число
keys-scan = Сканер работает на любой странице: открывается то, что он прочитал.
palette-placeholder = Перейти или найти что угодно
design-title = Компоненты
design-hint = Каждая деталь экранов в каждом состоянии.
design-buttons = Кнопки
design-fields = Поля
design-chips = Слова и сообщения
design-tables = Таблицы
design-pictures = Диаграммы
design-states = Пусто, в работе, диалоги
notifications = Пока вас не было
notifications-since = Не прочитано с
notifications-read = Всё прочитано
notifications-late = Заказов опоздало: { $tally }
notifications-none = Ничего важного
notifications-none-hint = Здесь сообщается об отклонённых заказах, недостачах, отказах в этикетках и платежах, потерянных и вернувшихся посылках.
notifications-ended = Ваши завершённые задания
palette-results = Результаты
palette-none = С таким названием ничего нет
palette-none-hint = Введите меньше букв или отсканируйте код.
palette-here = На этой странице
palette-exact = Точное совпадение
palette-items = Товары
palette-pages = Страницы
palette-views = Представления заказов
palette-actions = Действия
palette-search-orders = Искать заказы: «{ $text }»
action-invite = Пригласить сотрудника
action-make-key = Создать ключ API
action-add-webhook = Добавить вебхук
action-add-merchant = Добавить продавца
sign-out = Выйти
drawer-label = Подробности
close = Закрыть
any = Все
apply = Применить
clear = Сбросить
reason = Причина
quantity = Количество
required = обязательно
older = Более ранние
pages-label = Страницы
first-page = Первая страница
next-page = Следующая страница
live-on = Онлайн
live-off = Соединяемся снова…

## Numbers and time
units =
    { $count ->
        [one] { $count } единица
        [few] { $count } единицы
       *[many] { $count } единиц
    }
units-waiting =
    { $count ->
        [one] { $count } единица ждёт
        [few] { $count } единицы ждут
       *[many] { $count } единиц ждут
    }
units-late =
    { $count ->
        [one] { $count } единица опаздывает
        [few] { $count } единицы опаздывают
       *[many] { $count } единиц опаздывают
    }
orders-count =
    { $count ->
        [one] { $count } заказ
        [few] { $count } заказа
       *[many] { $count } заказов
    }
late-count = опаздывает: { $count }
short-count = не хватает: { $count }
refused-count = отклонено: { $count }
kilometres = { $count } км
weight-grams = { $count } г
weight-kilograms = { $amount } кг
time-now = сейчас
time-minutes-ago = { $count } мин назад
time-in-minutes = через { $count } мин
time-hours-ago = { $count } ч назад
time-in-hours = через { $count } ч
time-days-ago =
    { $count ->
        [one] { $count } день назад
        [few] { $count } дня назад
       *[many] { $count } дней назад
    }
time-in-days =
    { $count ->
        [one] через { $count } день
        [few] через { $count } дня
       *[many] через { $count } дней
    }

## Columns
column-backlog = В очереди
column-capabilities = Умеет
column-carer = Ответственный
column-channel = Канал
column-column = Столбец
column-cost = Стоимость
column-customer = Покупатель
column-distance = Расстояние
column-due = Срок
column-item = Товар
column-kind = Вид
column-line = Строка
column-lines = Строки заказа
column-lot = Партия
column-expires = Годен до
column-owner = Владелец
column-node = Узел
column-oldest = Самая давняя
column-order = Заказ
line-of-kit = из набора { $kit }
column-ordered = Заказано
column-price = Цена
column-problem = Ошибка
column-stage = Этап
column-state = Состояние
column-total = Сумма
column-units = Единицы
column-value = Значение
column-verdict = Итог
column-answer = Ответ
column-message = Сообщение
column-result = Результат
column-when = Когда

## Words: units of an order
state-unallocated = без узла
state-backordered = ждёт поставки
state-allocated = в резерве
state-picked = собрано
state-packed = упаковано
state-shipped = отправлено
state-ready-for-pickup = ждёт в пункте выдачи
state-delivered = доставлено
state-cancelled = отменено
state-returned = возвращено
state-lost = утеряно

## Words: stock
stock-on-hand = В наличии
stock-available = Доступно
stock-held = Удержано
stock-allocated = В резерве
stock-picked = Собрано
stock-packed = Упаковано
stock-staged = У ворот
stock-damaged = Повреждено
stock-quarantine = На проверке
stock-in-transit = В пути
stock-incoming = Ожидается
stock-supplier = Поставщик
stock-customer = Покупатель
stock-production = Производство
stock-loss = Потери
moved-receive = Принято
moved-expect = Ожидается
moved-hold = Удержано для корзины
moved-allocate = Зарезервировано
moved-release = Снято с резерва
moved-pick = Собрано
moved-short = Не найдено
moved-pack = Упаковано
moved-unpack = Вынуто из коробки
moved-dispatch = Отправлено
moved-return = Возвращено
moved-expire = Срок истёк
moved-adjust = Исправлено

## Words: nodes and work
node-regional-centre = Региональный центр
node-store = Магазин
node-vendor = Поставщик
node-partner = Логистический партнёр
can-ship = отправка
can-pickup = самовывоз
method-ship = Перевозчиком
method-pickup = Самовывоз
work-to-pick = Собрать
work-picking = Собирают
work-to-pack = Упаковать
work-to-ship = Отправить
work-shipped = Отправлено
work-rejected = Узел отказался
work-cancelled = Отменено

## Words: parcels
milestone-label-created = Готовится
milestone-picked-up = Передано перевозчику
milestone-in-transit = В пути
milestone-delayed = Задерживается
milestone-on-hold = Задержано у перевозчика
milestone-out-for-delivery = У курьера
milestone-ready-for-pickup = Можно забрать
milestone-attempt-failed = Не удалось вручить
milestone-delivered = Доставлено
milestone-returning = Возвращается отправителю
milestone-returned = Вернулось отправителю
milestone-cancelled = Отменено
milestone-lost = Утеряно
milestone-damaged = Повреждено
milestone-undeliverable = Невозможно доставить
milestone-unknown = Сообщение перевозчика

## Words: views of the orders
queue-all = Все
queue-unallocated = Без узла
queue-exceptions = С нарушениями
queue-partial = Частично
queue-to-pick = Собрать
queue-to-pack = Упаковать
queue-to-ship = Отправить
queue-on-the-way = В пути
queue-delivered = Доставлены
queue-cancelled = Отменены
queue-late = Опаздывают

## Words: what happened
event-order-placed = Заказ принят
event-order-refused = Заказ отклонён
event-order-allocated = Узлы выбраны
event-order-resourced = Передано другому узлу
event-order-cancelled = Единицы отменены
event-order-erased = Покупатель забыт
event-picked = Собрано
event-short-picked = Недостача при сборке
event-packed = Коробка закрыта
event-parcel-opened = Коробка снова открыта
event-label-bought = Этикетка куплена
event-label-failed = Этикетка не получена
event-dispatched = Посылка отправлена
event-parcel-scanned = Отметка перевозчика
event-delivered = Доставлено
event-parcel-problem = Проблема с посылкой
event-payment-authorised = Оплата авторизована
event-payment-captured = Оплата списана
event-payment-refunded = Деньги возвращены
event-payment-failed = Платёж не прошёл
event-stock-received = Товар принят
event-stock-adjusted = Запас исправлен
actor-system = Автоматически
actor-intake = Приём заказов
actor-replay = Воспроизведение истории
actor-import = Импорт файла
actor-demo = Демо
actor-machine = Программа
actor-channel = Канал
actor-carrier = Перевозчик
actor-customer = Покупатель
actor-buyer = Закупщик
actor-clerk = Служба поддержки
actor-picker = Сборщик
actor-packer = Упаковщик
actor-driver = Водитель

## Overview
tiles-label = Сегодня
tile-orders = Заказы сегодня
tile-yesterday = вчера к этому часу: { $count }
tile-late = Опаздывают с отправкой
tile-soon = ещё { $count } в ближайшие два часа
tile-refused = Отклонено сегодня
tile-refused-hint = из-за нехватки товара
tile-exceptions = Исключения
tile-exceptions-hint = ждут решения
exceptions-empty = Решений не требуется
exceptions-empty-hint = То, что вы взяли на себя или отложили, находится на других вкладках.
exceptions-unallocated = Заказы, ожидающие товара
exceptions-orders =
    { $count ->
        [one] { $count } заказ
        [few] { $count } заказа
       *[many] { $count } заказов
    }
exceptions-boxes = Коробки, которые нужно закрыть заново
exceptions-parcels = Посылки с проблемами
exceptions-outside = Деньги и перевозчики
exceptions-webhooks = Вебхуки, которые не отвечают
exceptions-invariants = Нарушенные инварианты
exceptions-check = Проверить снова
exceptions-retry = Попробовать все снова
exceptions-settle = Решено
exceptions-hurry = Повторить сейчас
effect-payment-refused = Платёж отклонён
effect-payment-waits = Платёж не проходит
effect-carrier-refused = Перевозчик отказал
effect-carrier-waits = Перевозчик недоступен
inbox-open = Открытые
inbox-mine = Мои
inbox-snoozed = Отложенные
inbox-take = Беру на себя
inbox-leave = Оставить другим
inbox-snooze = Отложить
inbox-snooze-for = На сколько
inbox-wake = Вернуть
inbox-until = до
inbox-days =
    { $count ->
        [one] { $count } день
        [few] { $count } дня
       *[many] { $count } дней
    }
inbox-none-ticked = Сначала отметьте нужное.
select-all = Выбрать все
select-row = Выбрать { $name }
nobody = Никто
stages-title = Единицы в ожидании
hours-title = Заказы по часам
hours-label =
    { $count ->
        [one] { $count } заказ сегодня по часам
        [few] { $count } заказа сегодня по часам
       *[many] { $count } заказов сегодня по часам
    }
recent-title = Последние события
recent-empty = Пока ничего не произошло
recent-empty-hint = Первый заказ или приёмка появятся здесь сами.
map-label =
    { $count ->
        [one] Карта: { $count } узел
        [few] Карта: { $count } узла
       *[many] Карта: { $count } узлов
    }

## Orders
views-label = Подборки
view-keep = Сохранить это представление
view-keep-this = Сохранить
view-name = Название представления
view-shared = Видно и коллегам
view-forget = Удалить «{ $name }»
flaw-view-name = Название представления содержит от 1 до 60 знаков.
flaw-view-many = Больше представлений сохранить нельзя. Сначала удалите одно.
sort-label = Сортировка
sort-newest = Сначала новые
sort-oldest = Сначала старые
sort-due = Открытые, сначала срочные
columns-label = Столбцы
filters-more = Ещё фильтры
orders-search = Поиск
orders-search-hint = Номер, имя, эл. почта
orders-empty = Здесь нет заказов
orders-empty-hint = Новые заказы из ваших каналов появляются сами. Можно также загрузить файл.
orders-none-found = Ничего не найдено
orders-none-found-hint = Сократите запрос или сбросьте фильтры.
no-node-yet = узел не выбран
not-due = —
bulk-ticked = Отменить отмеченные
bulk-all = Отменить все найденные
bulk-title = Отмена многих заказов
bulk-preview = Вот что получится. Пока ничего не сделано.
bulk-whole = Заказов отменяется целиком
bulk-partly = Заказов отменяется частично, остальное отправлено
bulk-too-late = Остаётся: всё уже отправлено
bulk-before = Остаётся: уже отменён
bulk-cut = Подходит больше заказов, чем делается за раз. Здесь 5000 самых новых.
bulk-final = Товар вернётся на полку, этикетки аннулируются, деньги вернутся. Это нельзя отменить: отменённый заказ не восстановить.
bulk-cancel =
    { $count ->
        [one] Отменить { $count } заказ
        [few] Отменить { $count } заказа
       *[many] Отменить { $count } заказов
    }
bulk-keep = Ничего не отменять
bulk-none = Отменять нечего
bulk-none-hint = Всё это уже отправлено или отменено.
bulk-each = По заказам
bulk-outcome = Что произойдёт
bulk-refund = Возврат
bulk-units =
    { $count ->
        [one] Отменяется { $count } штука
        [few] Отменяется { $count } штуки
       *[many] Отменяется { $count } штук
    }
bulk-left =
    { $count ->
        [one] { $count } штука уже отправлена
        [few] { $count } штуки уже отправлены
       *[many] { $count } штук уже отправлено
    }
bulk-shortened = Показаны только первые; выше посчитаны все. В результате будет каждый.

## One order
order-title = Заказ { $number }
promise-title = Обещание
promised-by = Обещано до { $when }
no-promise = Срок не обещан.
lifeline-label =
    { $count ->
        [one] Жизнь заказа: { $count } событие
        [few] Жизнь заказа: { $count } события
       *[many] Жизнь заказа: { $count } событий
    }
lines-title = Позиции
fulfilments-title = Задания узлам
fulfilments-empty = Ни один узел им не занят
fulfilments-empty-hint = Узел будет выбран, как только поступит товар.
picked-of = собрано { $count } из { $total }
go-pick = Собрать
go-pack = Упаковать
parcels-title = Посылки
parcels-empty = Посылок пока нет
parcels-empty-hint = Посылка появляется, когда закрыта её коробка.
label-pdf = Этикетка (PDF)
label-zpl = Этикетка (ZPL)
why-title = Почему этот узел?
why-empty = Решения пока нет
why-empty-hint = Здесь хранится каждое решение о выборе узла и всё, что сравнивалось.
decision-accept = Выбор при приёме заказа
decision-re-source = Повторный выбор
decision-restock = Выбор после поступления товара
decision-exact = Более дешёвого плана не существует.
decision-limited = Лучший план, найденный в пределах поиска.
cost-packages = Упаковки
cost-weight = Вес
cost-lines = Сборка
chosen = выбран
verdict-chosen =
    { $count ->
        [one] Даёт { $count } единицу
        [few] Даёт { $count } единицы
       *[many] Даёт { $count } единиц
    }
verdict-tie = Та же стоимость, но уступил при равенстве
verdict-dearer = Дороже на { $extra }
verdict-at-least-dearer = Дороже не менее чем на { $extra }
verdict-incomplete = Ни один план с ним не даёт всего
verdict-no-stock = Нет в наличии
verdict-unexplored = Не рассмотрен до конца
excluded-inactive = Выключен
excluded-method-not-offered = Не предлагает этот способ
excluded-out-of-area = Адрес вне его области
excluded-rejected = Уже отказался от этого заказа
excluded-rule = Правило продавца
customer-page = Страница покупателя
money-title = Деньги
money-authorised = Авторизовано
money-captured = Списано
money-refunded = Возвращено
timeline-title = История
raw-title = Как прислал канал

## Cancelling
cancel-title = Отменить единицы…
cancel-hint = Выберите позиции. Сначала вы увидите последствия.
cancellable =
    { $count ->
        [one] можно отменить { $count } единицу
        [few] можно отменить { $count } единицы
       *[many] можно отменить { $count } единиц
    }
cancel-preview = Показать последствия
cancel-customer = По просьбе покупателя
cancel-out-of-stock = Нельзя поставить
cancel-duplicate = Оформлен дважды
cancel-fraud = Подозрение на мошенничество
cancel-other = Другое
cancel-page-title = Отмена единиц заказа { $number }
cancel-whole =
    { $count ->
        [one] Заказ будет отменён целиком: { $count } единица.
        [few] Заказ будет отменён целиком: { $count } единицы.
       *[many] Заказ будет отменён целиком: { $count } единиц.
    }
cancel-part =
    { $count ->
        [one] Будет отменена { $count } единица; остальное продолжается.
        [few] Будет отменено { $count } единицы; остальное продолжается.
       *[many] Будет отменено { $count } единиц; остальное продолжается.
    }
cancel-because = Причина: { $reason }.
cancel-back-to = вернётся на полку: { $node }
cancel-not-held = нигде не было зарезервировано
cancel-refund = Покупатель получит обратно { $amount }.
cancel-release = Не будет списано: { $amount }.
cancel-no-money = Деньги не движутся.
cancel-final = Отменённые единицы не восстанавливаются; понадобится новый заказ.
cancel-done =
    { $count ->
        [one] Отменена { $count } единица.
        [few] Отменены { $count } единицы.
       *[many] Отменено { $count } единиц.
    }
cancel-too-late =
    { $count ->
        [one] { $count } единица уже отправлена и может вернуться только возвратом.
        [few] { $count } единицы уже отправлены и могут вернуться только возвратом.
       *[many] { $count } единиц уже отправлено; они могут вернуться только возвратом.
    }
cancel-already = Всё выбранное уже отменено.
cancel-label-pending = Прямо сейчас у перевозчика запрашивается этикетка. Повторите через несколько секунд.
cancel-outrun = Кто-то изменил заказ в тот же момент.
cancel-do =
    { $count ->
        [one] Отменить { $count } единицу
        [few] Отменить { $count } единицы
       *[many] Отменить { $count } единиц
    }
keep-order = Оставить заказ

## Stock
stock-search = Поиск
stock-search-hint = Артикул, штрихкод, название
stock-hint = Каждое число открывает свой журнал движений.
more-nodes =
    { $count ->
        [one] Ещё { $count } узел
        [few] Ещё { $count } узла
       *[many] Ещё { $count } узлов
    }
stock-empty = Запасов пока нет
stock-empty-hint = Примите товар, и он появится здесь.
stock-none-found = Ничего не найдено
stock-none-found-hint = Сократите запрос или сбросьте фильтры.
ledger = Журнал
ledger-title = Журнал: { $item }
level-by-lot = Эти единицы — из партий: задайте каждую партию файлом или через API.
ledger-empty = Движений не было
ledger-empty-hint = Каждое движение этого остатка будет показано с причиной.
backorders-title = Ожидают поставки
backorders-hint = Кто ждёт товар, который ещё не пришёл. Получат в этом порядке.
backorders-cover-hint = Столбцы: сколько придёт к каждому дню. Линия: сколько ждут всего.
backorders-empty = Никто не ждёт
backorders-empty-hint = Заказы ждут, если каналу разрешено продавать сверх свободного остатка: задайте это в его правилах.
backorders-nobody-knows = неизвестно
backorders-moved = вне очереди
backorders-move = Вперёд
backorders-move-one = Поставить { $order } первым
backorders-why = Почему
backorders-not-waiting = Заказ больше ничего не ждёт. Ничего не изменено.
backorders-no-reason = Укажите причину, до 200 знаков. Ничего не изменено.
backorders-wait = { $count ->
    [one] Ждёт { $count } единица
    [few] Ждут { $count } единицы
   *[many] Ждут { $count } единиц
}
backorders-come = { $count ->
    [one] к этому дню { $count } единица
    [few] к этому дню { $count } единицы
   *[many] к этому дню { $count } единиц
}
lots-title = Партии со сроком
lots-hint = Товары по партиям: сначала те, срок которых истекает раньше. В этом порядке их получают заказы; просроченное не продаётся.
lots-empty = Партий нет
lots-empty-hint = Укажите партию и последний день при приёмке.
lots-within = В течение дней
lots-too-old-for = Уже не годится для
lot-keeps = без срока
lot-expired = просрочено
lot-last-day = последний день
lot-until = до { $day }
lot-days =
    { $count ->
        [one] ещё { $count } день
        [few] ещё { $count } дня
       *[many] ещё { $count } дней
    }
alerts-title = Прогноз запаса
alerts-hint = Что закончится раньше, чем придёт товар, заказанный сейчас, и чего больше, чем удастся продать. Проверяется каждый час.
alerts-empty = Смотреть не на что
alerts-empty-hint = Ни один продаваемый товар не закончится слишком рано, и лишнего нет.
alert-stockout = Закончится { $day }
alert-excess = Лишних единиц: { $units }
alert-what = Прогноз
alert-ahead = Дни вперёд
alert-free = Свободно
alert-sells = Продаётся за 100 дней
alert-expected = Ожидается
alert-picture = Свободный запас по дням: { $from } сегодня, { $to } в конце.
holds-title = Удержания
holds-hint = Товар удержан для корзин, пока покупатели платят. Когда время выйдет, он сам станет свободным.
holds-empty = Ничего не удержано
holds-empty-hint = Магазины удерживают товар через API, пока покупатель оформляет заказ.
hold-cart = Корзина
hold-since = С какого времени
hold-ends = Заканчивается
hold-release = Освободить
hold-release-one = Освободить удержанное для { $cart }
expected-title = Ожидаемые товары
expected-hint = Что обещали поставщики. Пока товар не пришёл, он в ожидании, и обещать его на сегодня нельзя.
expected-empty = Ничего не ожидается
expected-empty-hint = Сообщайте о заказах поставщикам через API.
expected-reference = Заказ поставщику
expected-day = День
expected-late = Опаздывает
expected-of = { $count } из { $total }
expected-later = Более поздние
expected-close = Больше не ждать
expected-over = Больше ничего не ожидается.
expected-now = Приходит сейчас
expected-now-of = Сколько { $item } приходит сейчас
all-nodes = все узлы
balance-after = стало
level-quantity = Изменить с { $count } на
level-reason = Причина
level-note = Примечание
level-do = Установить
level-bad-quantity = Целое число от 0
level-stale = Вы видели { $seen }, теперь их { $present }. Установите снова, если это по-прежнему верно.
level-last = Последнее движение:
level-again = Всё равно изменить с { $present } на { $asked }
level-take = Оставить { $count }
level-was-set = Изменено с { $before } на { $after }.
level-undo = Вернуть { $count }
rename-title = Название { $code }
rename-name = Название
rename-do = Переименовать
rename-back = Назад
rename-bad = Название — от 1 до 200 обычных знаков.
rename-stale = Теперь это называется «{ $name }».
rename-by = Изменение:
rename-again = Всё равно назвать «{ $name }»
rename-take = Оставить «{ $name }»
rename-done = Переименовано: было «{ $before }», стало «{ $after }».
rename-undo = Вернуть «{ $name }»
level-committed = Обещано или снято с полки: { $committed }, поэтому всего не может быть { $asked }.
level-count = Пересчитано
level-correction = Ошибка в учёте
level-lost = Потеряно
level-found = Найдено
level-broken = Сломано
level-expired = Истёк срок
level-used = Использовано здесь

## Nodes
legend-size = размер = очередь
nodes-empty = Узлов пока нет
nodes-empty-hint = Добавьте первый узел через API или запустите демо.
node-facts = Сведения
queue-title = Очередь работ
work-empty = Здесь нет работы
work-empty-hint = Работа появится, как только узлу достанется заказ.

## Stations
stations-title = Где вы работаете?
stations-empty = Рабочих мест пока нет
stations-empty-hint = Рабочее место есть у каждого узла, который выполняет заказы.
to-pick-count = собрать: { $count }
to-pack-count = упаковать: { $count }
start-next = Начать следующее
next-task = Следующее задание
pick-title = Сборка { $order }
pick-done = Всё собрано
pack-title = Упаковка { $order }
pack-done = Упаковано
left-of = готово { $count } из { $total }
in-box =
    { $count ->
        [one] { $count } единица в открытой коробке
        [few] { $count } единицы в открытой коробке
       *[many] { $count } единиц в открытой коробке
    }
scan-label = Отсканируйте товар
scan-next = Готово к сканированию
scan-ok = Верно
scan-wrong = Не из этого заказа
scan-too-many = Уже достаточно
scan-wrong-order = Из другого заказа
scan-unknown = Неизвестный код
scan-done = Готово
scan-wrong-stage = Сначала другой шаг
scan-refused = Не выполнено
scan-wanted = Нужно: { $item }
scan-belongs-to = Относится к { $order }
scan-pick-first = Сначала отберите.
scan-pack-first = Сначала упакуйте.
send = Отправить
type-instead = Ввести вручную
outbox-waiting = Сохранено здесь, отправляется…
outbox-offline = Сохранено здесь. Будет отправлено, когда появится сеть.
outbox-failed = Не принято. Проверьте страницу и отсканируйте снова.
short-title = Не могу найти
short-hint =
    { $count ->
        [one] Не хватает { $count } единицы. Почему?
        [few] Не хватает { $count } единиц. Почему?
       *[many] Не хватает { $count } единиц. Почему?
    }
short-not-found = Нет на полке
short-damaged = Повреждено
short-wrong-item = Лежит другой товар
short-moved =
    { $count ->
        [one] { $count } единица придёт с другого узла.
        [few] { $count } единицы придут с другого узла.
       *[many] { $count } единиц придёт с другого узла.
    }
short-waits =
    { $count ->
        [one] { $count } единица ждёт поступления.
        [few] { $count } единицы ждут поступления.
       *[many] { $count } единиц ждут поступления.
    }
short-only =
    { $count ->
        [one] Здесь осталась только { $count } единица.
        [few] Здесь остались только { $count } единицы.
       *[many] Здесь осталось только { $count } единиц.
    }
box-weight = Вес в граммах
box-size = Длина × ширина × высота, мм
box-length = Длина в миллиметрах
box-width = Ширина в миллиметрах
box-height = Высота в миллиметрах
close-box = Закрыть коробку
box-closed = Коробка закрыта.
box-none-open = Нет открытой коробки. Сначала отсканируйте в неё товар.
box-no-rate = Ни одна служба не возьмёт эту коробку. Проверьте вес и размеры.
label-waiting = Этикетка покупается
label-failed = Нет этикетки

## What channels may sell
board-title = Что каналы могут продавать
board-link = По каналам
board-hint = Каждое число — сколько канал может продать сейчас. Наберите число на квоте и нажмите ← или →, чтобы передать столько соседней квоте; или перетащите её.
board-hint-read = Каждое число — сколько канал может продать сейчас.
board-position = Верно на позиции { $position } потока событий.
board-left = осталось { $left } из { $quantity }
board-shared = из общего
board-move = Передать квоту
board-set = Задать квоту
board-set-hint = Всего, вместе с уже проданным. Если пусто, канал продаёт из общего остатка.
board-item = Штрихкод или артикул
board-channel = Канал
board-from = От
board-to = Кому
board-reason = Почему
board-moved = Передано: { $units } × { $item }
board-was-set = Квота задана.
board-unknown-item = У продавца канала нет такого товара
board-unknown-channel = Нет такого канала
board-not-that-many = От этой квоты осталось { $left }
board-below-used = По этой квоте продано { $used }; меньше она быть не может
board-no-quota = У одного из каналов нет квоты на этот товар. Сначала задайте её.
board-same-channel = Выберите два канала
board-bad-units = Такого числа единиц быть не может
limit-off = не продаётся
limit-nodes = не со всех узлов
limit-set-aside = остальное отложено
limit-buffer = буфер скрыт
limit-quota = по квоте
limit-life = часть слишком скоро истекает
policy-title = { $channel }: что можно продавать
policy-general = Все товары без своего правила
policy-none = Правила нет. Вот что действует без него.
policy-on = Продаёт
policy-nodes = С каких узлов
policy-nodes-all = Со всех
policy-nodes-only = Только с этих
policy-nodes-except = Со всех, кроме этих
policy-which = Узлы
policy-buffer = Сколько единиц канал не видит
policy-life = Сколько дней товар ещё должен быть годен
policy-life-hint = Сохраняется уже сейчас; начнёт действовать, когда у остатков появятся сроки годности.
policy-beyond = Сверх свободного остатка можно продать
policy-beyond-nothing = ничего
policy-beyond-expected = то, что ожидается к известному дню
policy-beyond-any = до указанного числа единиц
policy-beyond-most = Сколько единиц товара могут ждать одновременно
policy-beyond-hint = Обязательно, если поставка не нужна. Заказы принимаются и ждут своей очереди.
policy-from = Можно получить с (предзаказ)
policy-save = Сохранить
policy-clear = Снять правило
policy-own = Товары со своим правилом
policy-own-none = Нет
policy-look = Показать
policy-saved = Сохранено.
policy-bad = Ничего не изменено: проверьте узлы и числа

## Receiving
receive-title = Приёмка товара
receive-code = Штрихкод или артикул
receive-do = Принять
receive-reference = Накладная
receive-reference-hint = Та же накладная на тот же товар и узел — это тот же приход.
receive-bad-reference = Не более 200 знаков простого текста
receive-lot-hint = То, что напечатано на товаре, если у него есть партия.
receive-needs-lot = Этот товар принимают по партиям: укажите партию
receive-bad-lot = Партия — от 1 до 60 знаков простого текста
receive-bad-day = День, например 2026-03-02
receive-other-expiry = Партия известна с другим сроком: { $known }
receive-done = Принято: { $units } × { $item }
receive-repeated = Эта накладная на этот товар и узел уже проведена. Ничего не изменено.
receipts-title = Последние приёмки
receipts-empty = Ещё ничего не принято
receipts-empty-hint = Здесь появится всё принятое, с журналом движений.

## Importing
import-title = Импорт файлов
import-file = Файл (CSV или XLSX)
import-channel = Канал
table-was-trial = Это проверка: ничего не изменено.
table-to-run = Вернуться и импортировать
import-kind = Что в файле
import-kind-orders = Заказы
import-kind-items = Товары
import-kind-listings = Листинги
import-kind-nodes = Узлы
import-kind-stock = Остатки
exports-title = Выгрузить
export-these = Выгрузить показанное
export-form = Формат файла
table-columns = Столбцы
table-no-column = Нет в файле
table-merchant = Продавец, если в файле не указан
table-overwrite = Установить остаток, каким бы он ни стал, если в файле нет прежнего
table-trial = Проверить
table-run = Импортировать
table-trial-hint = Проверка показывает, что было бы сделано, и ничего не делает.
table-preview = Первые строки
table-empty = Строк нет
table-empty-hint = В файле только заголовок или ничего.
file-workbook-large = В распакованном виде книга слишком велика. Сохраните её как CSV.
file-workbook-broken = Книгу не удаётся прочитать. Сохраните её как XLSX без пароля или как CSV.
file-none = Выберите файл и канал.
file-empty = Файл пуст.
file-too-large = Размер файла не более 100 МБ.
file-encoding = Файл не в UTF-8. Сохраните его как «CSV UTF-8».
file-unknown = Заголовок неизвестного формата.
file-missing-columns = Нет столбцов: { $columns }
file-repeated-column = Столбец { $column } встречается дважды.
file-broken = Файл не читается после строки { $row }. Не закрыта кавычка?
import-hint = Выгрузка Shopify или наши столбцы. Тот же файл повторно ничего не изменит.
import-do = Загрузить
import-columns = Столбцы
imports-title = Загрузки
imports-empty = Загрузок пока нет
imports-empty-hint = Здесь появится каждый файл со своим итогом.
operations-title = Операции
operations-empty = Операций пока нет
operations-empty-hint = Здесь видны импорт и экспорт файлов и работа над многими вещами сразу.
operations-older = Старше
operations-all = Все операции
operation-what = Что
operation-who = Кто поручил
operation-rows = Строк
operation-subject = О чём
operation-import-orders = Импорт заказов
operation-import-items = Импорт товаров
operation-import-listings = Импорт листингов
operation-import-nodes = Импорт узлов
operation-import-stock = Импорт остатков
operation-cancel-orders = Отмена заказов
operation-export-items = Экспорт товаров
operation-export-listings = Экспорт листингов
operation-export-nodes = Экспорт узлов
operation-export-stock = Экспорт остатков
operation-export-orders = Экспорт заказов
operation-export-events = Экспорт событий
operation-planned = Ожидает
operation-running = Выполняется
operation-stopping = Останавливается
operation-succeeded = Завершено
operation-partly = Завершено с отказами
operation-failed = Не удалось
operation-cancelled = Остановлено
operation-done = Сделано
operation-unchanged = Уже было так
operation-skipped = Пропущено
operation-refused = Отклонено
operation-download = Скачать
operation-results = Что стало с каждой строкой (CSV)
operation-outcome = Итог
operation-stop = Остановить
operation-stop-hint = Сделанное остаётся.
operation-file-gone = Срок хранения файла истёк. Отправьте его снова.
operation-fault = Ошибка на нашей стороне. Запустите ещё раз.
operation-file-broken = Файл не удалось прочитать до конца. Исправьте его и отправьте снова: ничего не примется дважды.
rows-read = выполнено строк: { $count } из { $total }
import-errors = Отклонённые строки
import-errors-file = Все в CSV
row-missing = Нужно заполнить
row-unknown-item = Нет товара с таким кодом
row-bad-quantity = Не целое число больше нуля
row-bad-amount = Не денежная сумма
row-bad-time = Не дата и не время
row-bad-address = Адрес неполный
row-conflict = Такой заказ уже был с другим содержанием
row-no-stock = Не хватает товара
row-unknown-channel = Нет канала с таким кодом
row-unknown-node = Нет узла с таким кодом
row-code-taken = Этот код у другого товара
row-stale = Число с тех пор изменилось
row-committed = Обещано или снято с полки больше, чем осталось бы
row-units-have-left = Часть уже отправлена и остаётся
row-order-has-left = Всё отправлено; возможен только возврат
row-already-cancelled = Уже был отменён
row-no-such-order = Такого заказа нет
row-label-pending = Прямо сейчас покупается этикетка; отмените ещё раз через минуту
row-order-changed = Его меняет кто-то другой; отмените ещё раз
row-bad-code = Таблица превратила код в число
row-bad-currency = Не валюта
row-bad-flag = Не «true» и не «false»
row-bad-text = Слишком длинно или не простой текст
row-bad-row = Ячейки или кавычки не соответствуют заголовку
row-contradiction = Отличается от первой строки того же заказа
row-too-large = Больше строк, чем бывает в заказе
row-lost = Ошибка на нашей стороне; отправьте файл снова

## Signing in
sign-in = Войти
email = Эл. почта
password = Пароль
password-hint = Не меньше 12 знаков.
first-run-title = Первый администратор
first-run-hint = Войти пока никто не может. Первую учётную запись создаёт тот, кто запустил сервер.
first-run-secret = Секрет первого запуска
first-run-secret-hint = Сервер напечатал его при запуске.
first-run-do = Создать учётную запись
sign-in-refused = Адрес и пароль не подходят друг к другу.
sign-in-with = Войти через { $provider }
sign-in-unreachable = Поставщик удостоверений не отвечает. Попробуйте ещё раз или войдите с паролем.
sign-in-not-admitted = Вы подтвердили, кто вы, но здесь вас не знают. Обратитесь к тому, кто ведает сотрудниками.
sign-in-not-begun-here = Этот вход был начат не в этом браузере или уже завершён. Начните заново.
sign-in-not-proven = Поставщик удостоверений никого не впустил. Начните заново.
sign-in-locked =
    { $count ->
        [one] Слишком много попыток. Подождите { $count } минуту и попробуйте снова.
        [few] Слишком много попыток. Подождите { $count } минуты и попробуйте снова.
       *[many] Слишком много попыток. Подождите { $count } минут и попробуйте снова.
    }
first-run-wrong-secret = Это не тот секрет, который сервер напечатал при последнем запуске.
first-run-over = Первая учётная запись уже есть. Войдите.
email-taken = Этот адрес уже занят.
flaw-email = Это не адрес электронной почты.
flaw-name = В имени от 1 до 200 символов.
flaw-password = В пароле не меньше 12 символов.
organisation = Организация
your-name = Ваше имя

## Trouble
not-found-title = Здесь этого нет
not-found-advice = Возможно, в адресе опечатка или объекта больше нет. Найдите его по номеру.
forbidden-title = Не разрешено
forbidden-advice = Ваша учётная запись этого не может. Обратитесь к администратору.
conflict-title = Уже не так
conflict-advice = С тех пор как страница была показана, что-то изменилось. Откройте её снова и решите заново.
bad-request-title = Не удалось понять
bad-request-advice = Вернитесь, проверьте введённое и отправьте снова.
too-many-title = Слишком часто
too-many-advice = Подождите немного и попробуйте снова.
fault-title = Ошибка на нашей стороне
fault-advice = Она записана. Попробуйте через минуту; если не поможет, сообщите администратору номер ниже.
effect-nothing = Ничего не изменилось.
effect-unknown = Пока неизвестно, выполнено ли это. Ту же форму можно отправить снова: дважды она не выполнится.
command-reused = Эта форма уже была отправлена с другим содержанием. Сейчас ничего не изменено.
to-overview = К обзору
request-id = Запрос

## Webhooks
api-title = Справочник API
api-contents = Содержание
api-types = Типы
api-hint = Задайте в оболочке $QUARTERMASTER (этот адрес) и $KEY (ключ API), и примеры можно вставлять как есть.
api-needed = обязательно
api-parameters = Параметры
api-body = Тело:
api-answers = Ответы
api-example = Пример
webhooks-hint = Сообщайте другим системам обо всём, что здесь происходит, сразу же. Каждое сообщение подписано.
webhooks-empty = Вебхуков пока нет
webhooks-empty-hint = Добавьте адрес, и он будет получать всё, что произойдёт с этого момента.
webhooks-too-many = Вебхуков уже столько, сколько может быть.
webhook-add = Добавить вебхук
webhook-url = Адрес
webhook-url-hint = HTTPS, на публичном узле сети
webhook-description = Описание
webhook-kinds = События
webhook-kinds-hint = Не отмечайте ничего, чтобы получать все.
webhook-kinds-all = все события
webhook-bad-url = На этот адрес ничего не отправляется: нужен HTTPS на порту 443 публичного узла сети.
webhook-bad-description = Не более 200 знаков в одной строке
webhook-enabled = включён
webhook-retrying = повторяем
webhook-disabled = выключен
webhook-gone = получателя больше нет
webhook-given-up = попытки исчерпаны
webhook-secret = Секрет подписи
webhook-secret-hint = Передайте его получателю сейчас: больше он показан не будет.
webhook-secret-shown = Секрет уже был показан. Если его ни у кого нет, смените его.
webhook-ping = Отправить проверку
webhook-ping-done = Проверка отправляется; результат появится ниже.
webhook-enable = Включить
webhook-enable-done = Включён. Продолжает с того места, где остановился.
webhook-disable = Выключить
webhook-disable-done = Выключен. Своё место он сохраняет.
webhook-change = Изменить
webhook-change-done = Изменено. Всё, что ждёт отправки, уйдёт по этому адресу.
webhook-changed-since = С тех пор как вы открыли страницу, вебхук изменили. Вот как он выглядит сейчас: посмотрите и измените снова, если это ещё нужно.
webhook-remove = Удалить вебхук
webhook-remove-hint = Вместе с журналом попыток. Неотправленных событий: { $count }; они не будут отправлены.
webhook-remove-done = Вебхук удалён.
webhook-rotate = Сменить секрет
webhook-rotate-hint = 24 часа подписывают оба секрета.
webhook-former-until = Прежний секрет подписывает до
webhook-position = Отправлено до позиции
webhook-next-attempt = Следующая попытка
webhook-replay = Отправить ещё раз
webhook-replay-hint = События считаются с 1; сейчас их { $count }. Номер сообщения остаётся прежним.
webhook-replay-first = С позиции
webhook-replay-last = По позицию
webhook-replay-done = Эти события отправляются ещё раз.
webhook-replay-bad = Укажите существующие позиции, первая не больше последней.
webhook-replay-running = События уже отправляются ещё раз.
webhook-replay-disabled = Выключенный вебхук ничего не получает: сначала включите его.
webhook-replaying = Отправляется ещё раз
attempts-title = Отправки
attempts-empty = Пока ничего не отправлено
attempts-empty-hint = Каждая попытка хранится здесь вместе с ответом 30 дней.
attempt-event = событие
attempt-replay = повтор
attempt-ping = проверка
attempt-delivered = доставлено
attempt-answered = другой ответ
attempt-refused = адрес запрещён
attempt-timed-out = нет ответа вовремя
attempt-unreachable = недоступен
attempt-no = попытка { $count }
attempt-took = { $count } мс

## Tracking page
arrives-on = Прибудет { $day }
arrives-between = Прибудет { $from } – { $to }
arrives-unknown = Мы готовим ваш заказ. Здесь появится день доставки.
delayed-to = Позже, чем обещали: прибудет { $day }
delayed-between = Позже, чем обещали: прибудет { $from } – { $to }
delivered-on = Доставлено { $day }
tracking-cancelled = Этот заказ отменён.
updated = обновлено { $when }
support-title = Вопросы о заказе?
parcels-split =
    { $count ->
        [one] Ваш заказ едет в { $count } посылке.
        [few] Ваш заказ едет в { $count } посылках. Они могут прийти в разные дни.
       *[many] Ваш заказ едет в { $count } посылках. Они могут прийти в разные дни.
    }
parcel-of = Посылка { $count } из { $total }
steps-label = Этапы
units-in-preparation =
    { $count ->
        [one] Ещё { $count } единица готовится к отправке.
        [few] Ещё { $count } единицы готовятся к отправке.
       *[many] Ещё { $count } единиц готовятся к отправке.
    }

## What one may do
permission-missing = Ваши роли этого не разрешают. Нужно: { $permission }.
permission-orders-read = Видеть заказы
permission-orders-write = Размещать заказы
permission-orders-cancel = Отменять заказы
permission-stock-read = Видеть запасы
permission-stock-receive = Принимать товар
permission-stock-adjust = Исправлять остатки
permission-catalogue-read = Видеть каталог
permission-catalogue-write = Менять каталог
permission-network-read = Видеть узлы
permission-network-write = Менять узлы
permission-floor-work = Собирать и упаковывать
permission-shipping-read = Видеть посылки и этикетки
permission-shipping-write = Передавать посылки
permission-tracking-write = Сообщать о доставке
permission-merchants-read = Видеть продавцов
permission-merchants-write = Менять продавцов
permission-people-read = Видеть сотрудников
permission-people-write = Приглашать и давать роли
permission-owners-write = Назначать владельцев
permission-keys-write = Создавать ключи API
permission-events-read = Следить за событиями
permission-webhooks-write = Настраивать вебхуки
permission-audit-read = Видеть, кто что изменил
permission-data-import = Загружать файлы
permission-data-export = Выгружать всё
permission-operations-read = Видеть, что выполняется
permission-settings-write = Менять настройки
permission-customers-erase = Забывать покупателей
permission-customers-read = Видеть покупателей
permission-money-read = Видеть цены и расходы
permission-stock-trade = Менять владельца товаров
role-owner = Владелец
role-admin = Администратор
role-merchant-ops = Операции продавца
role-planner = Планировщик
role-wh-manager = Начальник склада
role-picker = Сборщик
role-store-associate = Продавец магазина
role-support = Поддержка клиентов
role-finance = Финансы
role-partner = Оператор партнёра
role-carrier-bot = Система перевозчика
role-channel-app = Система канала
role-auditor = Аудитор
role-agent = Агент

## Settings
yes = да
settings-people = Сотрудники
settings-roles = Роли
settings-badges = Бейджи
settings-keys = Ключи API
settings-merchants = Продавцы
settings-privacy = Приватность
settings-look = Оформление
settings-organisation = Организация
settings-me = Мои настройки
settings-webhooks = Вебхуки
settings-providers = Поставщики удостоверений
settings-audit = Изменения
settings-sessions = Ваши сеансы
settings-person = Сотрудник
settings-role = Роль
settings-area = Где
settings-permission = Разрешение
settings-change = Изменить
settings-until = до
settings-used = Последнее использование
settings-key = Ключ
settings-name = Название
area-everywhere = Вся организация
more-than-own = Вы можете давать, забирать и использовать только то, что разрешено вам самим.
last-owner = У организации должен быть владелец. Сначала назначьте другого.
person-dismissed = уволен
person-dismiss = Уволить
role-give = Дать роль
role-take = Забрать роль
roles-hint = Что разрешает каждая роль. Где она действует, указывают при назначении.
invite-title = Пригласить сотрудника
invite-do = Создать ссылку
invite-made = Приглашение готово
invite-made-hint = Передайте эту ссылку сами. Она показана только сейчас, действует один раз и семь дней.
invite-link = Ссылка
invite-withdraw = Отозвать
invited-title = Открытые приглашения
invited-none = Сейчас никто не приглашён.
key-title = Создать ключ
key-name = Для чего ключ
key-days = Срок в днях
key-for = Разрешает
key-for-all = Всё, что разрешено создателю
key-make = Создать
key-made = Ключ готов
key-made-hint = Скопируйте его сейчас: он показан только один раз.
key-version = API от { $version }
key-unused = никогда
key-revoke = Отозвать ключ
badge-made = Бейдж готов
badge-made-hint = Распечатайте эту страницу сейчас: код показан только один раз.
device-made = Устройство добавлено
device-made-hint = Откройте эту ссылку на устройстве в течение получаса. Первый открывший её браузер и станет этим устройством.
device-link = Ссылка устройства
device-here = Это устройство и есть оно
badges-none = Нет бейджей
badges-none-hint = С бейджем сотрудники входят на общем устройстве одним сканированием.
badge-pin = ПИН-код
badge-is-locked = заблокирован
badge-has-pin = есть
badge-no-pin = нет
badge-set-pin = Задать ПИН-код и разблокировать
devices-title = Общие устройства
devices-none = Нет устройств
devices-none-hint = Общее устройство стоит на одном узле и принимает бейджи.
device-node = Узел
device-waits = ждёт свою ссылку
badge-title = Сделать бейдж
badge-pin-hint = От шести до двенадцати цифр. Без него войдёт любой, кто найдёт бейдж.
badge-make = Сделать бейдж
device-title = Добавить общее устройство
device-add = Добавить устройство
badge-flaw-pin = ПИН-код состоит из 6–12 цифр, и не из одной и той же.
device-take-title = Настройка устройства
device-take-hint = Отныне сюда входят с бейджами. Что кому можно, по-прежнему решают роли на узле этого устройства.
device-take = Использовать как общее устройство
badge-show = Отсканируйте бейдж
badge-pin-title = Ваш ПИН-код
badge-code = Бейдж
badge-in = Войти
badge-another = Другой бейдж
badge-by-password = Войти иначе
badge-refused = Этот бейдж ничего не открывает.
badge-wrong-pin = Это не ПИН-код этого бейджа.
badge-locked = Бейдж заблокирован после слишком многих неверных ПИН-кодов. Обратитесь к тому, кто ведает сотрудниками.
view-title = Увидеть глазами другого
view-hint = Вы увидите то, что показывает эта роль, и ничего нельзя изменить, пока вы не вернётесь.
view-do = Смотреть как
viewing-as = Вы видите консоль как { $role }. Ничего нельзя изменить.
viewing-end = Вернуться к себе
viewing-only = Вы смотрите от имени другой роли, поэтому ничего нельзя изменить. Сначала вернитесь к себе.
providers-hint = Сотрудники могут входить через учётную запись, которая у них уже есть. В первый раз решает подтверждённый адрес почты зачисленного сотрудника.
provider-title = Добавить поставщика удостоверений
provider-redirect = Адрес возврата для регистрации у поставщика
provider-issuer = Издатель
provider-client = ID клиента
provider-secret = Секрет клиента
provider-secret-hint = Оставьте пустым, чтобы сохранить нынешний.
provider-address = Адрес этой консоли
provider-domains = Домены почты
provider-domains-hint = Через пробел. Если пусто, подходит любой домен.
provider-unknown = Люди, которых никто не зачислял
provider-refuse = не впускаются
provider-add = Добавить поставщика
provider-save = Сохранить
provider-remove = Удалить
provider-too-many = Поставщиков достаточно. Сначала удалите одного.
provider-flaw-name = Название содержит от 1 до 100 знаков.
provider-flaw-issuer = Издатель — это https-адрес общедоступного узла без параметров. Частные узлы нужно разрешить при запуске сервера.
provider-flaw-client = ID клиента содержит от 1 до 200 знаков.
provider-flaw-secret = Секрет клиента содержит от 1 до 500 знаков.
provider-flaw-address = Адрес этой консоли — это https:// и узел, без продолжения.
provider-flaw-domains = Домен — это то, что стоит после @ в адресе почты.
provider-flaw-admits = Незачисленные люди впускаются только из названных доменов и никогда как владельцы.
keys-none = Нет ключей
keys-none-hint = Машине нужен ключ, чтобы работать с API.
privacy-title = Забыть покупателя
privacy-hint = Заказанное остаётся в книгах. Кто заказывал, исчезает навсегда: имя, адрес, почта, заметки.
privacy-whom = Адрес электронной почты или номер заказа в системе
privacy-look = Показать, что будет стёрто
privacy-wrong = Это не адрес электронной почты и не номер заказа в системе.
privacy-none = Никого с такими данными нет
privacy-none-hint = Возможно, заказывали с другого адреса или покупателя уже забыли.
privacy-order = Заказ
privacy-placed = Оформлен
privacy-parcels = Посылки
privacy-standing = Что произойдёт
privacy-ready = Будет стёрт
privacy-under-way = Ещё в работе и пока остаётся
privacy-erased = Уже стёрт
privacy-warning = Стёртое нельзя вернуть.
privacy-left = Эти заказы ещё в работе, и адрес им нужен. Отмените их или вернитесь, когда они будут доставлены:
privacy-do =
    { $count ->
        [one] Навсегда стереть { $count } заказ
        [few] Навсегда стереть { $count } заказа
       *[many] Навсегда стереть { $count } заказов
    }
privacy-done =
    { $count ->
        [one] Стёрт { $count } заказ
        [few] Стёрто { $count } заказа
       *[many] Стёрто { $count } заказов
    }
merchant-title = Добавить продавца
merchant-add = Добавить
merchant-rename = Переименовать
look-title = Как выглядит {$name}
look-hint = Сотрудники видят это на каждой странице, покупатели — на страницах своих заказов.
look-hint-merchant = Покупатели видят это на страницах своих заказов. Что не заполнено — как у организации.
look-name = Имя для покупателей
look-colour = Цвет
look-own-colour = Собственный цвет
look-colour-hint = Для ссылок и главных кнопок. На тёмных страницах — оттенок светлее.
look-logo = Логотип
look-file = PNG или SVG, до 128 КиБ и 1024 пикселей по стороне
look-no-logo = Убрать логотип
look-support = К кому обращаться покупателям
look-phone = Телефон
look-link = Страница помощи
look-save = Сохранить
flaw-colour = Это не цвет.
flaw-pale = Текст этого цвета не прочесть на светлых страницах. Ближайший читаемый цвет — {$colour}.
flaw-phone = В номере телефона только цифры, пробелы и + ( ) - . /
flaw-link = Адрес страницы начинается с https://
flaw-logo = Это не читаемая картинка PNG или SVG, либо она слишком большая.
flaw-merchant = Название содержит от 1 до 200 знаков.
sessions-hint = Сеанс завершается через полчаса бездействия и в любом случае через двенадцать часов.
me-pages = Ваши страницы
me-pages-hint = Так они выглядят на любом устройстве, где вы вошли.
me-zone = Часовой пояс
me-zone-hint = Если пусто, время указано в поясе {$zone}, а на странице узла — в его поясе.
organisation-zone-hint = Где начинается день. У узлов свой пояс, сотрудники могут выбрать другой.
me-density = Плотность
density-comfortable = Свободная
density-dense = Плотная
me-saved = Ваши настройки сохранены.
me-password = Пароль
me-password-hint = Все остальные ваши сеансы завершатся. Если вы входите через внешнюю учётную запись, пароля здесь у вас нет.
me-password-old = Нынешний пароль
me-password-new = Новый пароль, не короче 12 символов
me-password-change = Сменить пароль
me-password-wrong = Это не ваш нынешний пароль.
me-password-changed = Пароль сменён, остальные сеансы завершены.
flaw-zone = Такого часового пояса нет. Название выглядит как Europe/Sofia.
session-since = С
session-this = этот
session-end = Завершить
sessions-end = Выйти везде
audit-kind = Что произошло, например role.
audit-text = Слова в изменении
audit-do = Искать
audit-what = Что
audit-who = Кто
audit-before = До
audit-after = После
audit-older = Более ранние
audit-none = Изменений не найдено
audit-none-hint = Здесь хранятся изменения сотрудников, ролей, ключей, продавцов и исправления остатков.
join-title = Присоединиться
join-hint = Вас приглашают в { $organisation }. Вы будете входить с адресом
join-do = Присоединиться

# Ownership
moved-own = Сменил владельца
ownership-title = Владение
statement-of = Отчёт
statement-with = С кем
statement-from = С
statement-until = По
statement-file = Скачать CSV
statement-given = Отдано
statement-got = Получено
statement-balance = Должны нам
statement-empty = Владельцы не менялись
statement-empty-hint = Выберите другого продавца или другие дни либо смените владельца товара ниже.
ownership-parties = От кого и кому
ownership-amount = Сумма
ownership-each = { $price } за штуку
ownership-cause = Основание
ownership-reversal = Возврат
ownership-price = Цена за штуку
ownership-change = Сменить владельца
ownership-change-hint = Товар остаётся на месте; строка расчёта говорит, кто кому должен.
ownership-giver = Кто отдаёт и кому должны
ownership-taker = Кто получает и должен
ownership-reference = Номер документа
ownership-done = Сменили владельца: { $units } шт. на { $amount }.
ownership-repeated = Это уже сделано под тем же номером; ничего не изменено.
ownership-short = Свободно только { $present }; ничего не изменено.
ownership-conflict = Номер уже использован для другой передачи; укажите новый.
ownership-bad-party = Нужны два разных продавца, за которых вы вправе действовать.
ownership-bad-price = Цена — это сумма, например 4.50.
ownership-bad-reference = Номер — от 1 до 200 знаков.
ownership-too-large = Сумма слишком велика.
entitlements-title = Права на продажу
entitlements-empty = Права никому не даны
entitlements-empty-hint = Дайте право, и каналы перепродавца смогут продавать из запаса бренда.
entitlement-left = Осталось
entitlement-of = { $count } из { $total }
entitlement-grant = Дать право продажи
entitlement-grant-hint = Чего не хватает перепродавцу, берётся из запаса бренда — всего не больше этого числа.
entitlement-brand = Бренд
entitlement-reseller = Перепродавец
entitlement-granted = Всего штук
entitlement-done = { $reseller } может продать всего { $granted }.
entitlement-below-used = Уже продано { $used }, меньше нельзя.
entitlement-other-currency = Расчёты уже шли в { $currency }: другая валюта невозможна.
swaps-title = Обмен вместо перевозки
swaps-hint = Прежде чем везти: у кого столько же товара там, где он нужен, может обменяться с вами, и ничего не поедет.
swap-owner = Чей товар
swap-from = Где он есть
swap-to = Где он нужен
swap-cost = Перевезти 1000 шт. на километр стоит
swap-km-a-day = Километров в день
swap-same-node = Нужны два разных узла.
swap-find = Найти обмен
swaps-none = Там ни у кого нет
swaps-none-hint = Товар придётся везти.
swaps-ask = Что пришлось бы везти?
swaps-ask-hint = Заполните форму; вопрос ничего не меняет.
swap-distance = Экономия — { $km } км.
swap-saves = Экономит { $amount }.
swap-do = Обменять
swap-done = Обменяно: { $units } шт.
swap-days = { $count ->
    [one] На { $count } день раньше.
    [few] На { $count } дня раньше.
    *[many] На { $count } дней раньше.
}
swap-left = { $count ->
    [one] { $count } штуку всё равно придётся везти.
    [few] { $count } штуки всё равно придётся везти.
    *[many] { $count } штук всё равно придётся везти.
}
swap-units = { $count ->
    [one] { $count } штука.
    [few] { $count } штуки.
    *[many] { $count } штук.
}

# The peak
peak-title = Заказов в секунду
peak-hint = Как заказы приходят в эту минуту, на этом сервере. Отказано тем, для кого уже ничего не осталось.
peak-now = За последнюю секунду
peak-accepted = Принято
peak-refused = Отказано
peak-a-second = за последнюю секунду
peak-wait = Ожидание
peak-wait-hint = девятнадцать из двадцати, за десять секунд
peak-unfiled = Раскладывается
peak-unfiled-hint = приняты, товар за ними, но ещё не во всех списках
peak-minute = Последняя минута
peak-picture = Заказы каждой из последних шестидесяти секунд, сверху отказы
peak-play = Разыграть пик
peak-play-hint = Много покупателей разом хотят одно и то же и идут тем же путём, что и все. Что куплено, то куплено: это демонстрация.
peak-code = Что хотят все, по коду канала
peak-buyers = Покупателей разом
peak-seconds = Секунд
peak-begin = Начать
peak-too-much = Годится от 1 до { $buyers } покупателей и от 1 до { $seconds } секунд.
peak-not-listed = { $code } на этом канале не продаётся.
peak-on = идёт
peak-over = окончен
peak-free-before = Было свободно
peak-sold = Продано
peak-free = Свободно сейчас
peak-turned-away = Ушли ни с чем
peak-lost = Наши неполадки
peak-check = Что проверяется на ходу
peak-times = Раз
peak-last = Последний раз
peak-holds = верно
peak-breaches =
    { $count ->
        [one] { $count } нарушение
        [few] { $count } нарушения
       *[many] { $count } нарушений
    }
# Counts, corrections that take two, and what differs.
moved-sell = Продано на кассе
counts-title = Пересчёт и исправления
counts-hint = Считайте годные единицы на полке: свободные, удержанные и обещанные, без собранных, упакованных и повреждённых. Разница берётся с книгой в момент проводки.
count-do = Провести пересчёт
count-same = В книге столько же
count-booked = В книге было { $before }, стало { $after }
count-missing = Не хватает обещанных единиц: { $units }. Заказы переназначены, насколько возможно; см. расхождения
count-waits = Разница больше, чем можно провести одному: она ждёт согласия другого человека
count-unknown-lot = Партию с таким кодом никогда не принимали
count-again = Что-то изменилось в тот же миг: отправьте ещё раз
proposals-title = Ждут второго человека
proposals-empty = Ничего не ждёт
proposals-empty-hint = Здесь ждут исправления, которые больше, чем можно сделать одному.
proposal-change = Исправление
proposal-approve = Одобрить
proposal-reject = Отклонить
proposal-why = Почему
proposal-own = Это предложили вы: решает другой
proposal-decided = Ответ уже дан
proposal-short = Сейчас там только { $present }, поэтому { $asked } исправить нельзя: пересчитайте или отклоните
differences-title = Расхождения
differences-hint = Где пересчёт, касса или канал говорит не то, что книга, и отчего это всплыло.
differences-all = Показать все
differences-only-open = Только нерешённые
differences-empty = Расхождений нет
differences-empty-hint = Пересчёты, кассы и каналы говорят то же, что и книга.
difference-count-short = Насчитано меньше, чем обещано
difference-till-took = Касса продала обещанное
difference-till-unbooked = Касса продала то, чего не было в книге
difference-channel = Канал показывает другое количество
difference-open = Посмотреть
difference-repairing = Исправляется
difference-stuck = Застряло
difference-repaired = Исправлено
difference-resolved = Решено вручную
difference-expected = Книга
difference-found = Найдено
difference-how = Как решено
difference-settle = Решить
permission-stock-approve = Одобрять чужие исправления
stuck-title = Застрявший запас
stuck-hint = Единицы, которые давно ждут: с каких пор, что их держит и что их освободит.
stuck-days = Ждут не меньше стольких дней
stuck-empty = Ничего не застряло
stuck-empty-hint = Всё, что пришло, вовремя пошло дальше.
stuck-held = Чем держится
stuck-freed = Что освободит
stuck-pick = Собрать
stuck-pack = Упаковать
stuck-hand-over = Передать перевозчику
stuck-inspect = Осмотреть
stuck-expect = Принять остаток или больше не ждать
