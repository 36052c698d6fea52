#pragma once
#include <array>

#include "config/json/json_reader.hpp"
#include "core/words/words.hpp"

/// The words of pyFAI's Worker configurations.
namespace xrdct::config {

/// Keys that decide nothing here. Read, so that they are not unknown; the reasons are for people.
struct IdleKey {
  char const* key;
  /// reported when the key has a value; nullptr: it says nothing about the result
  char const* reason;
};
inline constexpr std::array idle_keys{
    IdleKey{"application", nullptr},
    IdleKey{"shape", nullptr},  // of the images, which say it themselves
    IdleKey{"do_OpenCL", nullptr},
    IdleKey{"opencl_device", "the device is that of this build; the numbers are the same on each"},
    IdleKey{"monitor_name",
            "headers of images are not read; give --monitor or --normalization-factor"}};

/// Spellings of the splitting in `method`; its algorithm and implementation change nothing but
/// speed.
inline constexpr std::array<core::Word<core::Splitting>, 4> splitting_words{
    {{"no", core::Splitting::none},
     {"none", core::Splitting::none},
     {"bbox", core::Splitting::bounding_box},
     {"full", core::Splitting::full}}};

inline constexpr std::array<core::Word<core::ErrorModel>, 6> error_model_words{
    {{"no", core::ErrorModel::none},
     {"none", core::ErrorModel::none},
     {"variance", core::ErrorModel::variance},
     {"poisson", core::ErrorModel::poisson},
     {"azimuthal", core::ErrorModel::azimuthal},
     {"hybrid", core::ErrorModel::hybrid}}};

inline constexpr std::array<core::Word<core::Method>, 12> method_words{
    {{"integrate1d", core::Method::mean},
     {"integrate1d_ng", core::Method::mean},
     {"_integrate1d_ng", core::Method::mean},
     {"integrate2d", core::Method::mean},
     {"integrate2d_ng", core::Method::mean},
     {"_integrate2d_ng", core::Method::mean},
     {"sigma_clip", core::Method::sigma_clip},
     {"sigma_clip_ng", core::Method::sigma_clip},
     {"_sigma_clip_ng", core::Method::sigma_clip},
     {"medfilt1d", core::Method::quantile_mean},
     {"medfilt1d_ng", core::Method::quantile_mean},
     {"_medfilt1d_ng", core::Method::quantile_mean}}};

}  // namespace xrdct::config
