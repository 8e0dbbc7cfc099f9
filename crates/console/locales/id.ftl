# Bahasa Indonesia.

## Frame
product = Quartermaster
skip-to-content = Langsung ke isi
nav-label = Menu utama
nav-overview = Ringkasan
nav-orders = Pesanan
nav-stock = Stok
nav-nodes = Lokasi
nav-stations = Ambil & kemas
nav-receive = Terima barang
nav-import = Impor pesanan
find-label = Cari pesanan, barang, paket, atau lokasi
find-placeholder = Cari atau pindai apa saja
menu-of-person = Menu Anda
choose-language = Bahasa
choose-theme = Warna
theme-device = Ikut perangkat
theme-light = Terang
theme-dark = Gelap
clocks-in-zone = Waktu dalam zona { $zone }.
keys-title = Papan ketik
keys-search = Cari
keys-rows = Baris berikut dan sebelumnya
sign-out = Keluar
drawer-label = Rincian
close = Tutup
any = Semua
apply = Terapkan
clear = Bersihkan
reason = Alasan
quantity = Jumlah
required = wajib
older = Lebih lama
pages-label = Halaman
first-page = Halaman pertama
next-page = Halaman berikutnya
live-on = Langsung
live-off = Menyambung kembali…

## Numbers and time
units = { $count } unit
units-waiting = { $count } unit menunggu
units-late = { $count } unit terlambat
orders-count = { $count } pesanan
late-count = { $count } terlambat
short-count = kurang { $count }
refused-count = { $count } ditolak
kilometres = { $count } km
weight-grams = { $count } g
weight-kilograms = { $amount } kg
time-now = sekarang
time-minutes-ago = { $count } mnt lalu
time-in-minutes = { $count } mnt lagi
time-hours-ago = { $count } jam lalu
time-in-hours = { $count } jam lagi
time-days-ago = { $count } hari lalu
time-in-days = { $count } hari lagi

## Columns
column-backlog = Antrean
column-capabilities = Layanan
column-channel = Kanal
column-column = Kolom
column-cost = Biaya
column-customer = Pelanggan
column-distance = Jarak
column-due = Tenggat
column-item = Barang
column-kind = Jenis
column-line = Baris
column-node = Lokasi
column-oldest = Terlama
column-order = Pesanan
column-ordered = Dipesan
column-price = Harga
column-problem = Masalah
column-stage = Tahap
column-total = Total
column-units = Unit
column-value = Nilai
column-verdict = Hasil

## Words: units of an order
state-unallocated = belum dialokasikan
state-backordered = menunggu pasokan
state-allocated = dialokasikan
state-picked = diambil
state-packed = dikemas
state-shipped = dikirim
state-ready-for-pickup = siap diambil pelanggan
state-delivered = diterima
state-cancelled = dibatalkan
state-returned = dikembalikan
state-lost = hilang

## Words: stock
stock-on-hand = Fisik
stock-available = Tersedia
stock-held = Ditahan
stock-allocated = Dialokasikan
stock-picked = Diambil
stock-packed = Dikemas
stock-staged = Siap muat
stock-damaged = Rusak
stock-quarantine = Karantina
stock-in-transit = Dalam perjalanan
stock-incoming = Akan datang
stock-supplier = Pemasok
stock-customer = Pelanggan
stock-production = Produksi
stock-loss = Susut
moved-receive = Diterima
moved-allocate = Dialokasikan
moved-release = Dilepas
moved-pick = Diambil
moved-short = Tidak ditemukan
moved-pack = Dikemas
moved-dispatch = Dikirim
moved-return = Dikembalikan
moved-adjust = Dikoreksi

## Words: nodes and work
node-regional-centre = Pusat regional
node-store = Toko
node-vendor = Pemasok
node-partner = Mitra logistik
can-ship = kirim
can-pickup = ambil di tempat
method-ship = Lewat kurir
method-pickup = Ambil di tempat
work-to-pick = Perlu diambil
work-picking = Sedang diambil
work-to-pack = Perlu dikemas
work-to-ship = Perlu dikirim
work-shipped = Dikirim
work-rejected = Ditolak
work-cancelled = Dibatalkan

## Words: parcels
milestone-label-created = Disiapkan
milestone-picked-up = Diserahkan ke kurir
milestone-in-transit = Dalam perjalanan
milestone-delayed = Tertunda
milestone-on-hold = Ditahan di kurir
milestone-out-for-delivery = Sedang diantar
milestone-ready-for-pickup = Siap diambil
milestone-attempt-failed = Pengantaran gagal
milestone-delivered = Diterima
milestone-returning = Kembali ke pengirim
milestone-returned = Sudah di pengirim
milestone-cancelled = Dibatalkan
milestone-lost = Hilang
milestone-damaged = Rusak
milestone-undeliverable = Tidak dapat diantar
milestone-unknown = Kabar dari kurir

## Words: views of the orders
queue-all = Semua
queue-unallocated = Belum dialokasikan
queue-to-pick = Perlu diambil
queue-to-pack = Perlu dikemas
queue-to-ship = Perlu dikirim
queue-on-the-way = Dalam perjalanan
queue-delivered = Diterima
queue-cancelled = Dibatalkan
queue-late = Terlambat

## Words: what happened
event-order-placed = Pesanan diterima
event-order-refused = Pesanan ditolak
event-order-allocated = Lokasi dipilih
event-order-resourced = Dipindah ke lokasi lain
event-order-cancelled = Unit dibatalkan
event-picked = Diambil
event-short-picked = Pengambilan kurang
event-packed = Kotak ditutup
event-label-bought = Label dibeli
event-label-failed = Label gagal
event-dispatched = Paket dikirim
event-parcel-scanned = Pindaian kurir
event-delivered = Diterima
event-parcel-problem = Paket bermasalah
event-payment-authorised = Pembayaran disetujui
event-payment-captured = Pembayaran ditagih
event-payment-refunded = Dana dikembalikan
event-stock-received = Barang diterima
event-stock-adjusted = Stok dikoreksi

## Overview
tiles-label = Hari ini
tile-orders = Pesanan hari ini
tile-yesterday = { $count } kemarin sampai jam ini
tile-late = Terlambat dikirim
tile-soon = { $count } lagi dalam dua jam
tile-refused = Ditolak hari ini
tile-refused-hint = karena stok kurang
tile-exceptions = Pengecualian
tile-exceptions-hint = perlu keputusan
stages-title = Unit menunggu
hours-title = Pesanan per jam
hours-label = { $count } pesanan hari ini, per jam
recent-title = Kejadian terakhir
recent-empty = Belum ada kejadian
recent-empty-hint = Pesanan atau penerimaan pertama akan muncul sendiri di sini.
map-label = Peta dengan { $count } lokasi

## Orders
views-label = Tampilan
orders-search = Cari
orders-search-hint = Nomor, referensi, nama, SKU
orders-empty = Tidak ada pesanan di sini
orders-empty-hint = Pesanan baru dari kanal Anda muncul sendiri. Anda juga dapat mengimpor berkas.
orders-none-found = Tidak ada pesanan yang cocok
orders-none-found-hint = Kurangi kata, atau bersihkan saringan.
no-node-yet = belum ada lokasi
not-due = —

## One order
order-title = Pesanan { $number }
promise-title = Janji
promised-by = Dijanjikan sebelum { $when }
no-promise = Tidak ada tanggal yang dijanjikan.
lifeline-label = Perjalanan pesanan: { $count } kejadian
lines-title = Baris
fulfilments-title = Tugas lokasi
fulfilments-empty = Belum ada lokasi yang mengerjakan
fulfilments-empty-hint = Lokasi dipilih begitu stok datang.
picked-of = { $count } dari { $total } diambil
go-pick = Ambil
go-pack = Kemas
parcels-title = Paket
parcels-empty = Belum ada paket
parcels-empty-hint = Paket muncul ketika kotaknya ditutup.
label-pdf = Label (PDF)
label-zpl = Label (ZPL)
why-title = Mengapa lokasi ini?
why-empty = Belum ada keputusan
why-empty-hint = Setiap keputusan pemilihan lokasi disimpan di sini beserta perbandingannya.
decision-accept = Dipilih saat pesanan diterima
decision-re-source = Dipilih ulang
decision-restock = Dipilih dari stok baru
decision-exact = Tidak ada rencana yang lebih murah.
decision-limited = Rencana terbaik dalam batas pencarian.
cost-packages = Kemasan
cost-weight = Berat
cost-lines = Pengambilan
chosen = dipilih
verdict-chosen = Melayani { $count } unit
verdict-tie = Biaya sama; kalah pada penentuan
verdict-dearer = Lebih mahal { $extra }
verdict-at-least-dearer = Lebih mahal sedikitnya { $extra }
verdict-incomplete = Tak ada rencana dengannya yang melayani semua
excluded-inactive = Dinonaktifkan
excluded-method-not-offered = Tidak menawarkan cara ini
excluded-out-of-area = Tujuan di luar wilayahnya
excluded-rejected = Pernah menolak pesanan ini
excluded-rule = Aturan penjual
customer-page = Halaman pelanggan
money-title = Uang
money-authorised = Disetujui
money-captured = Ditagih
money-refunded = Dikembalikan
timeline-title = Riwayat
raw-title = Seperti dikirim kanal

## Cancelling
cancel-title = Batalkan unit…
cancel-hint = Pilih berapa unit dari setiap baris. Anda akan melihat akibatnya terlebih dahulu.
cancellable = { $count } unit dapat dibatalkan
cancel-preview = Pratinjau
cancel-customer = Permintaan pelanggan
cancel-out-of-stock = Tidak dapat dipenuhi
cancel-duplicate = Dipesan dua kali
cancel-fraud = Dugaan penipuan
cancel-other = Lainnya
cancel-page-title = Batalkan unit pesanan { $number }
cancel-whole = Ini membatalkan seluruh pesanan: { $count } unit.
cancel-part = Ini membatalkan { $count } unit; sisanya berlanjut.
cancel-because = Alasan: { $reason }.
cancel-back-to = kembali ke rak di { $node }
cancel-not-held = tidak ditahan di mana pun
cancel-refund = Pelanggan menerima kembali { $amount }.
cancel-release = { $amount } tidak akan ditagih.
cancel-no-money = Tidak ada uang yang berpindah.
cancel-final = Unit yang dibatalkan tidak kembali; perlu pesanan baru.
cancel-do = Batalkan { $count } unit
keep-order = Pertahankan pesanan

## Stock
stock-search = Cari
stock-search-hint = SKU, kode batang, nama
stock-hint = Setiap angka membuka buku besarnya.
stock-empty = Belum ada stok
stock-empty-hint = Terima barang, dan setiap barang muncul di sini.
stock-none-found = Tidak ada barang yang cocok
stock-none-found-hint = Kurangi kata, atau bersihkan saringan.
ledger = Buku besar
ledger-title = Buku besar: { $item }
ledger-empty = Belum ada pergerakan
ledger-empty-hint = Setiap pergerakan saldo ini akan tercantum dengan sebabnya.
all-nodes = semua lokasi
balance-after = menjadi

## Nodes
legend-size = ukuran = antrean
nodes-empty = Belum ada lokasi
nodes-empty-hint = Tambahkan lokasi pertama lewat API atau demo.
node-facts = Data
queue-title = Antrean kerja
work-empty = Tidak ada pekerjaan di sini
work-empty-hint = Pekerjaan muncul begitu pesanan diberikan ke lokasi ini.

## Stations
stations-title = Anda bekerja di mana?
stations-empty = Belum ada stasiun kerja
stations-empty-hint = Setiap lokasi yang memenuhi pesanan memiliki stasiun kerja.
to-pick-count = { $count } perlu diambil
to-pack-count = { $count } perlu dikemas
start-next = Mulai berikutnya
next-task = Tugas berikutnya
pick-title = Ambil { $order }
pick-done = Semua sudah diambil
pack-title = Kemas { $order }
pack-done = Sudah dikemas
left-of = { $count } dari { $total } selesai
in-box = { $count } unit di kotak terbuka
scan-label = Pindai barang
scan-next = Siap memindai
scan-ok = Benar
scan-wrong = Bukan di pesanan ini
scan-too-many = Sudah lengkap
scan-wrong-order = Milik pesanan lain
scan-unknown = Kode tidak dikenal
scan-done = Selesai
send = Kirim
type-instead = Ketik saja
outbox-waiting = Tersimpan di sini, sedang dikirim…
outbox-offline = Tersimpan di sini. Akan dikirim saat jaringan kembali.
outbox-failed = Tidak diterima. Periksa halaman dan pindai lagi.
short-title = Tidak ditemukan
short-hint = { $count } unit kurang. Mengapa?
short-not-found = Tidak ada di rak
short-damaged = Rusak
short-wrong-item = Ada barang lain di sana
box-weight = Berat dalam gram
box-size = Panjang × lebar × tinggi, mm
box-length = Panjang dalam milimeter
box-width = Lebar dalam milimeter
box-height = Tinggi dalam milimeter
close-box = Tutup kotak
label-waiting = Label sedang dibeli
label-failed = Tidak ada label

## Receiving
receive-title = Terima barang
receive-code = Kode batang atau SKU
receive-do = Terima
receipt-purchase = Dibeli
receipt-transfer = Dari lokasi lain
receipt-return = Dikembalikan pelanggan
receipt-found = Ditemukan saat menghitung
receipts-title = Penerimaan terakhir
receipts-empty = Belum ada yang diterima
receipts-empty-hint = Yang Anda terima tercantum di sini dengan buku besarnya.

## Importing
import-title = Impor pesanan
import-file = Berkas CSV
import-hint = Ekspor Shopify atau kolom kami sendiri. Berkas yang sama tidak mengubah apa pun.
import-do = Unggah
import-columns = Kolom
imports-title = Impor
imports-empty = Belum ada impor
imports-empty-hint = Setiap berkas tercantum di sini dengan hasilnya.
import-running = Sedang dibaca
import-finished = Selesai
rows-of = { $count } dari { $total } baris dibaca
import-placed = Pesanan diterima
import-repeated = Sudah dikenal
import-refused = Baris ditolak
import-errors = Baris yang ditolak
import-errors-file = Semua sebagai CSV
row-missing = Harus diisi
row-unknown-item = Tidak ada barang dengan kode ini
row-bad-quantity = Bukan bilangan bulat di atas nol
row-bad-amount = Bukan jumlah uang
row-bad-time = Bukan tanggal atau waktu
row-bad-address = Alamat tidak lengkap
row-conflict = Pesanan yang sama pernah datang dengan isi lain
row-no-stock = Stok tidak cukup

## Signing in
sign-in = Masuk
email = Surel
password = Kata sandi
password-hint = Sedikitnya 12 karakter.
first-run-title = Administrator pertama
first-run-hint = Belum ada yang dapat masuk. Akun pertama dibuat oleh orang yang menjalankan server.
first-run-secret = Rahasia pertama
first-run-secret-hint = Server mencetaknya saat dijalankan.
first-run-do = Buat akun
organisation = Organisasi
your-name = Nama Anda

## Trouble
not-found-title = Tidak ada di sini
not-found-advice = Alamat mungkin salah ketik, atau sudah tidak ada. Carilah dengan nomornya.
forbidden-title = Tidak diizinkan
forbidden-advice = Akun Anda tidak boleh melakukan ini. Hubungi administrator.
conflict-title = Sudah berubah
conflict-advice = Ada yang berubah sejak halaman ditampilkan. Buka lagi dan putuskan kembali.
bad-request-title = Tidak dimengerti
bad-request-advice = Kembali, periksa isian Anda, lalu kirim lagi.
too-many-title = Terlalu cepat
too-many-advice = Tunggu sebentar dan coba lagi.
fault-title = Kesalahan pada kami
fault-advice = Sudah dicatat. Coba lagi satu menit lagi; bila tetap, sebutkan nomor di bawah kepada administrator.
effect-nothing = Tidak ada yang berubah.
effect-unknown = Kami belum tahu apakah sudah terlaksana. Mengirim formulir yang sama lagi aman: paling banyak dijalankan sekali.
to-overview = Ke ringkasan
request-id = Permintaan

## Tracking page
arrives-on = Tiba { $day }
arrives-between = Tiba { $from } – { $to }
arrives-unknown = Kami sedang menyiapkan pesanan Anda. Harinya akan tampil di sini.
delayed-to = Lebih lambat dari rencana: tiba { $day }
delayed-between = Lebih lambat dari rencana: tiba { $from } – { $to }
delivered-on = Diterima { $day }
tracking-cancelled = Pesanan ini dibatalkan.
updated = perubahan terakhir { $when }
parcels-split = Pesanan Anda dikirim dalam { $count } paket. Harinya bisa berbeda.
parcel-of = Paket { $count } dari { $total }
steps-label = Langkah
units-in-preparation = { $count } unit lagi sedang disiapkan.
