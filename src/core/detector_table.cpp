#include "core/detector_table.hpp"

#include <array>

namespace xrdct::core {
namespace {

using Kind = DetectorRule::Kind;

constexpr ModuleLayout pilatus_layout{{195, 487}, {17, 7}}, pilatus4_layout{{255, 513}, {20, 7}};
constexpr ModuleLayout eiger_layout{{514, 1030}, {37, 10}}, eiger2_layout{{512, 1028}, {38, 12}};

constexpr DetectorRule open{};
constexpr DetectorRule disc{Kind::disc, {}, 0, 0, {}};
constexpr DetectorRule pilatus{Kind::modules, pilatus_layout, 0, 0, {}}, pilatus_cdte{Kind::modules, pilatus_layout, 242, 3, {}};
constexpr DetectorRule pilatus4{Kind::modules, pilatus4_layout, 0, 0, {}}, pilatus4_cdte{Kind::modules, pilatus4_layout, 256, 1, {}};
constexpr DetectorRule eiger{Kind::modules, eiger_layout, 0, 0, {}};
constexpr DetectorRule eiger2{Kind::modules, eiger2_layout, 0, 0, {}}, eiger2_cdte{Kind::modules, eiger2_layout, 513, 2, {}};
constexpr DetectorRule jungfrau{Kind::modules, {{514, 1030}, {36, 8}}, 0, 0, {}};
constexpr DetectorRule chips_256{Kind::modules, {{256, 256}, {4, 4}}, 0, 0, {}};

constexpr DetectorRule curved{Kind::unsupported, {}, 0, 0, "a curved detector"};
constexpr DetectorRule uneven{Kind::unsupported, {}, 0, 0, "a detector with pixels of different sizes"};
constexpr DetectorRule hexagonal{Kind::unsupported, {}, 0, 0, "a detector with hexagonal pixels"};
constexpr DetectorRule tabulated{Kind::unsupported, {}, 0, 0, "a detector whose modules are placed by a table"};

constexpr std::array<DetectorRow, 110> rows{{
    {"Aarhus", "", 2.4893e-05, 2.4893e-05, {1000, 16000}, 1, curved},
    {"ADSC_Q210", "quantum210", 5.1e-05, 5.1e-05, {4096, 4096}, 1, open},
    {"ADSC_Q270", "quantum270", 5.1e-05, 5.1e-05, {4168, 4168}, 1, open},
    {"ADSC_Q315", "quantum315", 5.1e-05, 5.1e-05, {6144, 6144}, 1, open},
    {"ADSC_Q4", "quantum4", 5.1e-05, 5.1e-05, {2304, 2304}, 1, open},
    {"Apex2", "apexii bruker", 0.00012, 0.00012, {1024, 1024}, 1, open},
    {"Basler", "aca1300", 3.75e-06, 3.75e-06, {966, 1296}, 1, open},
    {"Cirpad", "xcirpad", 0.00013, 0.00013, {11200, 120}, 1, curved},
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
    {"ImXPadS10", "", 0.00013, 0.00013, {120, 80}, 1, uneven},
    {"ImXPadS140", "", 0.00013, 0.00013, {240, 560}, 1, uneven},
    {"ImXPadS70", "", 0.00013, 0.00013, {120, 560}, 1, uneven},
    {"ImXPadS70V", "", 0.00013, 0.00013, {560, 120}, 1, uneven},
    {"Jungfrau", "jungfrau500k", 7.5e-05, 7.5e-05, {512, 1024}, 1, uneven},
    {"Jungfrau1M", "", 7.5e-05, 7.5e-05, {1064, 1030}, 1, jungfrau},
    {"Jungfrau4M", "", 7.5e-05, 7.5e-05, {2164, 2068}, 1, jungfrau},
    {"Jungfrau8M", "", 7.5e-05, 7.5e-05, {3333, 3212}, 1, tabulated},
    {"Jungfrau_16M_cor", "", 7.5e-05, 7.5e-05, {16448, 1030}, 1, tabulated},
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
    {"Pixirad1", "", 5.196152422706632e-05, 6e-05, {476, 512}, 1, hexagonal},
    {"Pixirad2", "", 5.196152422706632e-05, 6e-05, {476, 1024}, 1, hexagonal},
    {"Pixirad4", "", 5.196152422706632e-05, 6e-05, {476, 2048}, 1, hexagonal},
    {"Pixirad8", "", 5.196152422706632e-05, 6e-05, {476, 4096}, 1, hexagonal},
    {"Pixium", "pixium4700 pixium4700detector thaleselectronics", 0.000308, 0.000308, {1910, 2480}, 2, open},
    {"Rapid", "rapidii", 0.0001, 0.0001, {2560, 4700}, 1, curved},
    {"RaspberryPi12M", "picamhq", 1.55e-06, 1.55e-06, {3040, 4056}, 1, open},
    {"RaspberryPi5M", "picamv1", 1.4e-06, 1.4e-06, {1944, 2592}, 1, open},
    {"RaspberryPi8M", "picamv2", 1.12e-06, 1.12e-06, {2464, 3280}, 1, open},
    {"Rayonix133", "mar133", 6.4e-05, 6.4e-05, {4096, 4096}, 2, disc},
    {"RayonixLx170", "rayonixlx170hs", 4.42708e-05, 4.42708e-05, {1920, 3840}, 1, open},
    {"RayonixLx255", "rayonixlx225hs rayonixlx255hs", 4.42708e-05, 4.42708e-05, {1920, 5760}, 1, open},
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
    {"Xpad_flat", "d5 xpads540flat", 0.00013, 0.00013, {960, 560}, 1, uneven},
}};

}  // namespace

std::span<DetectorRow const> detector_table() { return rows; }

}  // namespace xrdct::core
