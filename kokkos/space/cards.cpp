// Asks the library of the cards, the driver's own, which there are: Kokkos 3.4 cannot.
#include "kokkos/space/cards.hpp"

#include <Kokkos_Core.hpp>

namespace xrdct::kernels {
namespace {

#if defined(KOKKOS_ENABLE_CUDA)

int number_of_cards() {
  int number = 0;
  return cudaGetDeviceCount(&number) == cudaSuccess ? number : 0;
}

Card card(int number) {
  cudaDeviceProp properties{};
  if (cudaGetDeviceProperties(&properties, number) != cudaSuccess) return {};
  return {properties.name, std::string(properties.uuid.bytes, sizeof properties.uuid.bytes),
          properties.totalGlobalMem};
}

int card_at_hand() {
  int number = -1;
  return cudaGetDevice(&number) == cudaSuccess ? number : -1;
}

void take_card(int number) { (void)cudaSetDevice(number); }

#elif defined(KOKKOS_ENABLE_HIP)

int number_of_cards() {
  int number = 0;
  return hipGetDeviceCount(&number) == hipSuccess ? number : 0;
}

Card card(int number) {
  hipDeviceProp_t properties{};
  char place[64] = "";
  if (hipGetDeviceProperties(&properties, number) != hipSuccess ||
      hipDeviceGetPCIBusId(place, sizeof place, number) != hipSuccess)
    return {};
  return {properties.name, place, properties.totalGlobalMem};
}

int card_at_hand() {
  int number = -1;
  return hipGetDevice(&number) == hipSuccess ? number : -1;
}

void take_card(int number) { (void)hipSetDevice(number); }

#else

int number_of_cards() { return 0; }

Card card(int) { return {}; }

int card_at_hand() { return -1; }

void take_card(int) {}

#endif

}  // namespace

std::vector<Card> cards() {
  std::vector<Card> all;
  for (int number = 0, last = number_of_cards(); number < last; ++number)
    all.push_back(card(number));
  return all;
}

int card_of_thread() { return card_at_hand(); }

void use_card(int number) {
  if (number >= 0) take_card(number);
}

}  // namespace xrdct::kernels
