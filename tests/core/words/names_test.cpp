#include "core/words/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/detector/calibration.hpp"
#include "core/matrix/plan_building.hpp"
#include "core/words/choices.hpp"
#include "core/words/output_names.hpp"
#include "core/words/words.hpp"

namespace xrdct::core {
namespace {

using testing::ElementsAre;

template <class T>
class EachEnumeration : public testing::Test {};
using Enumerations = testing::Types<PixelType, Filter, FrameStatus, Splitting, ErrorModel, Method,
                                    PatternKind, Engine, Writer, Incomplete, BadFrames, InvalidRule,
                                    OrientationConvention, CalibrationImage>;
TYPED_TEST_SUITE(EachEnumeration, Enumerations);

TYPED_TEST(EachEnumeration, reads_each_name_and_what_is_written_for_it) {
  for (auto const& word : words_of<TypeParam>) {
    EXPECT_EQ(named<TypeParam>(word.name), word.value) << word.name;
    auto const written = name_of(word.value);
    EXPECT_EQ(named<TypeParam>(written), word.value) << word.name;
  }
  EXPECT_FALSE(named<TypeParam>("no such word"));
}

TEST(NamesOf, lists_second_names_that_are_never_written) {
  EXPECT_THAT(names_of<Method>(),
              ElementsAre("mean", "sigma_clip", "quantile_mean", "median", "maximum", "sum"));
  EXPECT_EQ(named<Method>("median"), Method::quantile_mean);
  EXPECT_EQ(name_of(Method::quantile_mean), "quantile_mean");
}

TEST(NamesOf, leaves_out_what_nobody_can_choose) {
  EXPECT_THAT(names_of<Engine>(), ElementsAre("fused", "spmm"));
  EXPECT_EQ(name_of(Engine::device), "");
  EXPECT_THAT(names_of<InvalidRule>(), ElementsAre("default", "none"));
}

TEST(Listed, joins_names_as_a_sentence_does) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"fused"}), "fused");
  EXPECT_EQ(listed({"fused", "spmm"}), "fused or spmm");
  EXPECT_EQ(listed({"a", "b", "c"}, " and "), "a, b and c");
}

TEST(NearestName, is_one_with_few_other_letters) {
  EXPECT_EQ(nearest_name("colective", names_of<Writer>()), "collective");
  EXPECT_EQ(nearest_name("Fused", names_of<Engine>()), "fused");
  EXPECT_EQ(nearest_name("turbo", names_of<Engine>()), "");
}

TEST(OutputNames, are_known_one_by_one) {
  EXPECT_TRUE(is_one_of("definition", names_beside_reductions));
  EXPECT_TRUE(is_one_of("azimuthal_axis", names_beside_axes));
  EXPECT_FALSE(is_one_of("mean", names_beside_reductions));
}

}  // namespace
}  // namespace xrdct::core
