// The detectors that are known by name.
#include "core/detector/detector_table.hpp"

#include <array>

namespace xrdct::core {
namespace {

using Pixels = DetectorRule::Pixels;
using Dead = DetectorRule::Dead;

constexpr ModuleLayout pilatus_layout{{195, 487}, {17, 7}}, pilatus4_layout{{255, 513}, {20, 7}};
constexpr ModuleLayout eiger_layout{{514, 1030}, {37, 10}}, eiger2_layout{{512, 1028}, {38, 12}};

constexpr DetectorRule gaps(ModuleLayout layout, std::size_t dead_column = 0,
                            std::size_t dead_columns = 0) {
  return {Pixels::regular, Dead::gaps, layout, dead_column, dead_columns};
}

constexpr DetectorRule open{};
constexpr DetectorRule disc{Pixels::regular, Dead::outside_disc};
constexpr DetectorRule pilatus = gaps(pilatus_layout), pilatus_cdte = gaps(pilatus_layout, 242, 3);
constexpr DetectorRule pilatus4 = gaps(pilatus4_layout),
                       pilatus4_cdte = gaps(pilatus4_layout, 256, 1);
constexpr DetectorRule eiger = gaps(eiger_layout);
constexpr DetectorRule eiger2 = gaps(eiger2_layout), eiger2_cdte = gaps(eiger2_layout, 513, 2);
constexpr DetectorRule jungfrau_modules = gaps({{514, 1030}, {36, 8}});
constexpr DetectorRule chips_256 = gaps({{256, 256}, {4, 4}});

constexpr DetectorRule imxpad{Pixels::wide_borders, Dead::borders, {{120, 80}, {}}, 0, 0, 2.5};
constexpr DetectorRule imxpad_upright{
    Pixels::wide_borders, Dead::borders, {{80, 120}, {}}, 0, 0, 2.5};
constexpr DetectorRule xpad_flat{Pixels::xpad_flat, Dead::borders, {{120, 80}, {}}, 0, 0, 2.5};
constexpr DetectorRule cirpad{Pixels::cirpad, Dead::borders, {{80, 120}, {}}, 0, 0, 2.5};
constexpr DetectorRule jungfrau{Pixels::wide_borders, Dead::none, {{256, 256}, {}}, 0, 0, 2.0};
constexpr DetectorRule jungfrau_8m{
    Pixels::wide_borders, Dead::outside_chips, {{256, 256}, {}}, 0, 0, 2.0};
constexpr DetectorRule jungfrau_16m{
    Pixels::wide_borders, Dead::chip_junctions, {{514, 1030}, {}}, 0, 0, 2.0};
constexpr DetectorRule aarhus{Pixels::cylinder, Dead::none, {}, 0, 0, 1.0, 0.29989};
constexpr DetectorRule rapid{Pixels::cylinder, Dead::none, {}, 0, 0, 1.0, 0.12726};
constexpr DetectorRule hexagons{Pixels::hexagons};

constexpr std::array<DetectorRow, 110> rows{{
    {"Aarhus", "", 2.4893e-05, 2.4893e-05, {1000, 16000}, 1, aarhus},
    {"ADSC_Q210", "quantum210", 5.1e-05, 5.1e-05, {4096, 4096}, 1, open},
    {"ADSC_Q270", "quantum270", 5.1e-05, 5.1e-05, {4168, 4168}, 1, open},
    {"ADSC_Q315", "quantum315", 5.1e-05, 5.1e-05, {6144, 6144}, 1, open},
    {"ADSC_Q4", "quantum4", 5.1e-05, 5.1e-05, {2304, 2304}, 1, open},
    {"Apex2", "apexii bruker", 0.00012, 0.00012, {1024, 1024}, 1, open},
    {"Basler", "aca1300", 3.75e-06, 3.75e-06, {966, 1296}, 1, open},
    {"Cirpad", "xcirpad", 0.00013, 0.00013, {11200, 120}, 1, cirpad},
    {"Detector", "", 0.0, 0.0, {0, 0}, 1, open},
    {"Dexela2923", "", 7.5e-05, 7.5e-05, {3888, 3072}, 1, open},
    {"Eiger16M", "", 7.5e-05, 7.5e-05, {4371, 4150}, 1, eiger},
    {"Eiger1M", "", 7.5e-05, 7.5e-05, {1065, 1030}, 1, eiger},
    {"Eiger2_16M", "", 7.5e-05, 7.5e-05, {4362, 4148}, 1, eiger2},
    {"Eiger2_1M", "", 7.5e-05, 7.5e-05, {1062, 1028}, 1, eiger2},
    {"Eiger2_1MW", "", 7.5e-05, 7.5e-05, {512, 2068}, 1, eiger2},
    {"Eiger2_250k", "", 7.5e-05, 7.5e-05, {512, 512}, 1, eiger2},
    {"Eiger2_2MW", "", 7.5e-05, 7.5e-05, {512, 4148}, 1, eiger2},
    {"Eiger2_4M", "", 7.5e-05, 7.5e-05, {2162, 2068}, 1, eiger2},
    {"Eiger2_500k", "", 7.5e-05, 7.5e-05, {512, 1028}, 1, eiger2},
    {"Eiger2_9M", "", 7.5e-05, 7.5e-05, {3262, 3108}, 1, eiger2},
    {"Eiger2CdTe_16M", "", 7.5e-05, 7.5e-05, {4362, 4148}, 1, eiger2_cdte},
    {"Eiger2CdTe_1M", "", 7.5e-05, 7.5e-05, {1062, 1028}, 1, eiger2_cdte},
    {"Eiger2CdTe_1MW", "", 7.5e-05, 7.5e-05, {512, 2068}, 1, eiger2_cdte},
    {"Eiger2CdTe_2MW", "", 7.5e-05, 7.5e-05, {512, 4148}, 1, eiger2_cdte},
    {"Eiger2CdTe_4M", "", 7.5e-05, 7.5e-05, {2162, 2068}, 1, eiger2_cdte},
    {"Eiger2CdTe_500k", "", 7.5e-05, 7.5e-05, {512, 1028}, 1, eiger2_cdte},
    {"Eiger2CdTe_9M", "", 7.5e-05, 7.5e-05, {3262, 3108}, 1, eiger2_cdte},
    {"Eiger4M", "", 7.5e-05, 7.5e-05, {2167, 2070}, 1, eiger},
    {"Eiger500k", "", 7.5e-05, 7.5e-05, {514, 1030}, 1, eiger},
    {"Eiger9M", "", 7.5e-05, 7.5e-05, {3269, 3110}, 1, eiger},
    {"Fairchild", "condor fairchildcondor486:90", 1.5e-05, 1.5e-05, {4096, 4096}, 1, open},
    {"FReLoN", "", 5e-05, 5e-05, {2048, 2048}, 1, open},
    {"HF_130K", "", 0.00015, 0.00015, {256, 512}, 1, open},
    {"HF_1M", "", 0.00015, 0.00015, {1024, 1024}, 1, open},
    {"HF_262k", "", 0.00015, 0.00015, {512, 512}, 1, open},
    {"HF_2M", "hf2.4m", 0.00015, 0.00015, {1536, 1536}, 1, open},
    {"HF_4M", "", 0.00015, 0.00015, {2048, 2048}, 1, open},
    {"HF_9M", "hf9.4m", 0.00015, 0.00015, {3072, 3072}, 1, open},
    {"ImXPadS10", "", 0.00013, 0.00013, {120, 80}, 1, imxpad},
    {"ImXPadS140", "", 0.00013, 0.00013, {240, 560}, 1, imxpad},
    {"ImXPadS70", "", 0.00013, 0.00013, {120, 560}, 1, imxpad},
    {"ImXPadS70V", "", 0.00013, 0.00013, {560, 120}, 1, imxpad_upright},
    {"Jungfrau", "jungfrau500k", 7.5e-05, 7.5e-05, {512, 1024}, 1, jungfrau},
    {"Jungfrau1M", "", 7.5e-05, 7.5e-05, {1064, 1030}, 1, jungfrau_modules},
    {"Jungfrau4M", "", 7.5e-05, 7.5e-05, {2164, 2068}, 1, jungfrau_modules},
    {"Jungfrau8M", "", 7.5e-05, 7.5e-05, {3333, 3212}, 1, jungfrau_8m},
    {"Jungfrau_16M_cor", "", 7.5e-05, 7.5e-05, {16448, 1030}, 1, jungfrau_16m},
    {"Lambda10M", "", 5.5e-05, 5.5e-05, {2596, 4676}, 1, chips_256},
    {"Lambda250k", "", 5.5e-05, 5.5e-05, {516, 516}, 1, chips_256},
    {"Lambda2M", "", 5.5e-05, 5.5e-05, {1556, 1556}, 1, chips_256},
    {"Lambda60k", "", 5.5e-05, 5.5e-05, {256, 256}, 1, chips_256},
    {"Lambda750k", "", 5.5e-05, 5.5e-05, {516, 1556}, 1, chips_256},
    {"Lambda7M5", "lambda7.5m", 5.5e-05, 5.5e-05, {2596, 2596}, 1, chips_256},
    {"Lambda9M", "", 5.5e-05, 5.5e-05, {3868, 3227}, 1, open},
    {"Mar345", "mar3450", 0.0001, 0.0001, {3450, 3450}, 1, disc},
    {"Mar555", "", 0.000139, 0.000139, {3072, 2560}, 1, open},
    {"Maxipix", "maxipix1x1", 5.5e-05, 5.5e-05, {256, 256}, 1, chips_256},
    {"Maxipix2x2", "", 5.5e-05, 5.5e-05, {516, 516}, 1, chips_256},
    {"Maxipix5x1", "", 5.5e-05, 5.5e-05, {256, 1296}, 1, chips_256},
    {"Mythen", "mythen1280", 0.008, 5e-05, {1, 1280}, 1, open},
    {"Perkin", "perkindetector perkinelmer", 0.0002, 0.0002, {4096, 4096}, 2, open},
    {"Pilatus100k", "", 0.000172, 0.000172, {195, 487}, 1, pilatus},
    {"Pilatus1M", "", 0.000172, 0.000172, {1043, 981}, 1, pilatus},
    {"Pilatus200k", "", 0.000172, 0.000172, {407, 487}, 1, pilatus},
    {"Pilatus2M", "", 0.000172, 0.000172, {1679, 1475}, 1, pilatus},
    {"Pilatus300k", "", 0.000172, 0.000172, {619, 487}, 1, pilatus},
    {"Pilatus300kw", "", 0.000172, 0.000172, {195, 1475}, 1, pilatus},
    {"Pilatus4_1M", "", 0.00015, 0.00015, {1080, 1033}, 1, pilatus4},
    {"Pilatus4_260k", "", 0.00015, 0.00015, {530, 513}, 1, pilatus4},
    {"Pilatus4_260kw", "", 0.00015, 0.00015, {255, 1033}, 1, pilatus4},
    {"Pilatus4_2M", "", 0.00015, 0.00015, {1630, 1553}, 1, pilatus4},
    {"Pilatus4_4M", "", 0.00015, 0.00015, {2180, 2073}, 1, pilatus4},
    {"Pilatus4_CdTe_1M", "pilatus41mcdte", 0.00015, 0.00015, {1080, 1033}, 1, pilatus4_cdte},
    {"Pilatus4_CdTe_260k", "pilatus4260kcdte", 0.00015, 0.00015, {530, 513}, 1, pilatus4_cdte},
    {"Pilatus4_CdTe_260kw", "pilatus4260kwcdte", 0.00015, 0.00015, {255, 1033}, 1, pilatus4_cdte},
    {"Pilatus4_CdTe_2M", "pilatus42mcdte", 0.00015, 0.00015, {1630, 1553}, 1, pilatus4_cdte},
    {"Pilatus4_CdTe_4M", "pilatus44mcdte", 0.00015, 0.00015, {2180, 2073}, 1, pilatus4_cdte},
    {"Pilatus6M", "", 0.000172, 0.000172, {2527, 2463}, 1, pilatus},
    {"Pilatus900k", "", 0.000172, 0.000172, {619, 1475}, 1, pilatus},
    {"PilatusCdTe1M", "pilatus1mcdte", 0.000172, 0.000172, {1043, 981}, 1, pilatus_cdte},
    {"PilatusCdTe2M", "pilatus2mcdte", 0.000172, 0.000172, {1679, 1475}, 1, pilatus_cdte},
    {"PilatusCdTe300k", "pilatus300kcdte", 0.000172, 0.000172, {619, 487}, 1, pilatus_cdte},
    {"PilatusCdTe300kw", "pilatus300kwcdte", 0.000172, 0.000172, {195, 1475}, 1, pilatus_cdte},
    {"PilatusCdTe900kw", "pilatus900kwcdte", 0.000172, 0.000172, {195, 4439}, 1, pilatus_cdte},
    {"Pixirad1", "", 5.196152422706632e-05, 6e-05, {476, 512}, 1, hexagons},
    {"Pixirad2", "", 5.196152422706632e-05, 6e-05, {476, 1024}, 1, hexagons},
    {"Pixirad4", "", 5.196152422706632e-05, 6e-05, {476, 2048}, 1, hexagons},
    {"Pixirad8", "", 5.196152422706632e-05, 6e-05, {476, 4096}, 1, hexagons},
    {"Pixium",
     "pixium4700 pixium4700detector thaleselectronics",
     0.000308,
     0.000308,
     {1910, 2480},
     2,
     open},
    {"Rapid", "rapidii", 0.0001, 0.0001, {2560, 4700}, 1, rapid},
    {"RaspberryPi12M", "picamhq", 1.55e-06, 1.55e-06, {3040, 4056}, 1, open},
    {"RaspberryPi5M", "picamv1", 1.4e-06, 1.4e-06, {1944, 2592}, 1, open},
    {"RaspberryPi8M", "picamv2", 1.12e-06, 1.12e-06, {2464, 3280}, 1, open},
    {"Rayonix133", "mar133", 6.4e-05, 6.4e-05, {4096, 4096}, 2, disc},
    {"RayonixLx170", "rayonixlx170hs", 4.42708e-05, 4.42708e-05, {1920, 3840}, 1, open},
    {"RayonixLx255",
     "rayonixlx225hs rayonixlx255hs",
     4.42708e-05,
     4.42708e-05,
     {1920, 5760},
     1,
     open},
    {"RayonixMx170", "rayonixmx170hs", 4.42708e-05, 4.42708e-05, {3840, 3840}, 1, open},
    {"RayonixMx225", "mar225", 7.3242e-05, 7.3242e-05, {6144, 6144}, 2, open},
    {"RayonixMx225hs", "", 7.8125e-05, 7.8125e-05, {5760, 5760}, 2, open},
    {"RayonixMx300", "mar300", 7.3242e-05, 7.3242e-05, {8192, 8192}, 2, open},
    {"RayonixMx300hs", "", 7.8125e-05, 7.8125e-05, {7680, 7680}, 2, open},
    {"RayonixMx325", "", 7.9346e-05, 7.9346e-05, {8192, 8192}, 2, open},
    {"RayonixMx340hs", "", 8.85417e-05, 8.85417e-05, {7680, 7680}, 2, open},
    {"RayonixMx425hs", "", 4.42708e-05, 4.42708e-05, {9600, 9600}, 1, open},
    {"RayonixSx165", "mar165", 3.95e-05, 3.95e-05, {4096, 4096}, 1, disc},
    {"RayonixSx200", "", 4.8e-05, 4.8e-05, {4096, 4096}, 1, open},
    {"RayonixSx30hs", "", 1.5625e-05, 1.5625e-05, {1920, 1920}, 1, open},
    {"RayonixSx85hs", "", 4.42708e-05, 4.42708e-05, {1920, 1920}, 1, open},
    {"Titan", "agilenttitan oxdtitan titan2kx2k", 6e-05, 6e-05, {2048, 2048}, 1, open},
    {"Xpad_flat", "d5 xpads540flat", 0.00013, 0.00013, {960, 560}, 1, xpad_flat},
}};

constexpr std::array<FrameShape, 128> chips_8m{
    {{1, 607},     {1, 866},     {1, 1124},    {1, 1382},    {69, 1646},   {69, 1905},
     {69, 2163},   {69, 2421},   {259, 607},   {259, 866},   {259, 1124},  {259, 1382},
     {328, 1646},  {328, 1905},  {328, 2163},  {328, 2421},  {550, 607},   {550, 866},
     {550, 1124},  {550, 1382},  {619, 1646},  {619, 1905},  {619, 2163},  {619, 2421},
     {667, 2698},  {667, 2957},  {809, 607},   {809, 866},   {809, 1124},  {809, 1382},
     {597, 69},    {597, 328},   {856, 69},    {856, 328},   {878, 1646},  {878, 1905},
     {878, 2163},  {878, 2421},  {926, 2698},  {926, 2957},  {1185, 2698}, {1185, 2957},
     {1100, 607},  {1100, 866},  {1100, 1124}, {1100, 1382}, {1114, 69},   {1114, 328},
     {1169, 1646}, {1169, 1905}, {1169, 2163}, {1169, 2421}, {1359, 607},  {1359, 866},
     {1359, 1124}, {1359, 1382}, {1372, 69},   {1372, 328},  {1428, 1646}, {1428, 1905},
     {1428, 2163}, {1428, 2421}, {1442, 2698}, {1442, 2957}, {1636, 1},    {1636, 259},
     {1650, 538},  {1650, 797},  {1650, 1055}, {1650, 1313}, {1706, 2629}, {1706, 2888},
     {1719, 1577}, {1719, 1836}, {1719, 2094}, {1719, 2352}, {1895, 1},    {1895, 259},
     {1909, 538},  {1909, 797},  {1909, 1055}, {1909, 1313}, {1965, 2629}, {1965, 2888},
     {1978, 1577}, {1978, 1836}, {1978, 2094}, {1978, 2352}, {2153, 1},    {2153, 259},
     {2200, 538},  {2200, 797},  {2200, 1055}, {2200, 1313}, {2223, 2629}, {2223, 2888},
     {2269, 1577}, {2269, 1836}, {2269, 2094}, {2269, 2352}, {2411, 1},    {2411, 259},
     {2459, 538},  {2459, 797},  {2459, 1055}, {2459, 1313}, {2481, 2629}, {2481, 2888},
     {2528, 1577}, {2528, 1836}, {2528, 2094}, {2528, 2352}, {2750, 538},  {2750, 797},
     {2750, 1055}, {2750, 1313}, {2819, 1577}, {2819, 1836}, {2819, 2094}, {2819, 2352},
     {3009, 538},  {3009, 797},  {3009, 1055}, {3009, 1313}, {3078, 1577}, {3078, 1836},
     {3078, 2094}, {3078, 2352}}};

}  // namespace

std::span<DetectorRow const> detector_table() { return rows; }
std::span<FrameShape const> jungfrau_8m_chips() { return chips_8m; }

}  // namespace xrdct::core
