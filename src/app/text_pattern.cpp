#include "app/text_pattern.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "core/errors.hpp"
#include "io/durable_file.hpp"

namespace xrdct::app {

void write_columns(std::filesystem::path const& file, std::vector<std::string> const& header, std::span<double const> x,
                   std::span<float const> intensity, std::span<float const> error) {
  XRDCT_ASSERT(x.size() == intensity.size() && (error.empty() || error.size() == x.size()));
  std::ostringstream out;
  for (auto const& line : header) out << "# " << line << "\n";
  for (std::size_t bin = 0; bin < x.size(); ++bin) {
    if (std::isnan(intensity[bin])) continue;
    std::array<char, 96> text{};
    if (error.empty()) {
      std::snprintf(text.data(), text.size(), "%14.6e  %14.6e\n", x[bin], static_cast<double>(intensity[bin]));
    } else {
      std::snprintf(text.data(), text.size(), "%14.6e  %14.6e %14.6e\n", x[bin], static_cast<double>(intensity[bin]),
                    static_cast<double>(error[bin]));
    }
    out << text.data();
  }
  io::write_file(file, out.str());
}

}  // namespace xrdct::app
