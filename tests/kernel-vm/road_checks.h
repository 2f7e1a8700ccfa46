/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of modules_road, in groups. Each makes what it needs on the scene (road_scene.h). */
#ifndef RF_TESTS_ROAD_CHECKS_H
#define RF_TESTS_ROAD_CHECKS_H

/* road_recording.c */
void road_lists(void);
void road_record(void);
void road_every_context(void);

/* road_selection.c */
void road_filters(void);
void road_trackers(void);

/* road_rings.c */
void road_snapshots(void);
void road_full(void);
void road_orphan(void);
void road_hotplug(void);

/* road_probes.c. PROGRAM: this one; a copy of it runs road_be_probed(). */
void road_probes(const char *program);
void road_be_probed(void);

#endif
