#include "cgpio.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int cgpio_open_input(const char *path, uint32_t offset) {
    int chip = open(path, O_RDONLY | O_CLOEXEC);
    if (chip < 0) return -errno;
    struct gpio_v2_line_request request = {.num_lines = 1, .config = {.flags = GPIO_V2_LINE_FLAG_INPUT}};
    request.offsets[0] = offset;
    strncpy(request.consumer, "headroom", sizeof request.consumer - 1);
    int answer = ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request);
    int failed = errno;
    close(chip);
    return answer < 0 ? -failed : request.fd;
}

int cgpio_read(int descriptor) {
    struct gpio_v2_line_values values = {.mask = 1};
    if (ioctl(descriptor, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0) return -errno;
    return (int)(values.bits & 1);
}
