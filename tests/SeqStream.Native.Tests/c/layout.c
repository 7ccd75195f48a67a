/* layout.c - sizes and places of the structures, one to a line: structure, member or "size", bytes. */
#include <seqstream.h>
#include <stddef.h>
#include <stdio.h>

#define SIZE(type) printf(#type " size %zu\n", sizeof(type))
#define PLACE(type, member) printf(#type " " #member " %zu\n", offsetof(type, member))

int main(void) {
    SIZE(seqstream_model_info);
    PLACE(seqstream_model_info, sample_rate_hz);
    PLACE(seqstream_model_info, steps_per_second);
    PLACE(seqstream_model_info, model_id);
    PLACE(seqstream_model_info, output_elements);
    SIZE(seqstream_port);
    PLACE(seqstream_port, name);
    PLACE(seqstream_port, rank);
    PLACE(seqstream_port, dimensions);
    SIZE(seqstream_emission);
    PLACE(seqstream_emission, step);
    PLACE(seqstream_emission, score);
    PLACE(seqstream_emission, label);
    PLACE(seqstream_emission, outputs);
    PLACE(seqstream_emission, part_count);
    SIZE(seqstream_output);
    PLACE(seqstream_output, values);
    SIZE(seqstream_part);
    PLACE(seqstream_part, score);
    return 0;
}
