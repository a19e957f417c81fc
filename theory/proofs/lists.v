(* Networks given by lists, on which path-degrees are computed, and proved to be the right ones.

   Node v is the number v; the edges are a list of (tail, head), in which a parallel edge stands as
   often as it is there. *)
From mathcomp Require Import all_ssreflect all_algebra.
Require Import dags paths lemma_8.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Definition well_formed (n : nat) (edges : seq (nat * nat)) : bool :=
  all (fun e => (e.1 < e.2 < n)%N) edges.

Section Network.
Variables (n : nat) (edges : seq (nat * nat)).
Hypothesis ok : well_formed n edges.

Lemma edge_ok (i : 'I_(size edges)) :
  ((nth (0, 0)%N edges i).1 < (nth (0, 0)%N edges i).2 < n)%N.
Proof. by move: ok => /allP; apply; rewrite mem_nth. Qed.

Definition tail_of (i : 'I_(size edges)) : 'I_n :=
  Ordinal (ltn_trans (proj1 (andP (edge_ok i))) (proj2 (andP (edge_ok i)))).
Definition head_of (i : 'I_(size edges)) : 'I_n := Ordinal (proj2 (andP (edge_ok i))).

Definition dag_of_list : dag :=
  @Dag [finType of 'I_n] [finType of 'I_(size edges)] tail_of head_of (@nat_of_ord n)
    (fun i => proj1 (andP (edge_ok i))).

(* How many edges of the list enter v. *)
Definition listed_in_degree (v : nat) : nat := count (fun e => e.2 == v) edges.

(* The path-degrees of the paths from x to o of at most k edges. *)
Fixpoint listed_degrees (k x o : nat) : seq (seq nat) :=
  (if x == o then [:: [::]] else [::]) ++
  (if k is k'.+1 then
     let d := listed_in_degree o in
     flatten [seq [seq d :: m | m <- listed_degrees k' x e.1] | e <- edges & e.2 == o]
   else [::]).

Lemma edges_enum : edges = [seq (nat_of_ord (@tail dag_of_list i), nat_of_ord (@head dag_of_list i))
                           | i <- enum 'I_(size edges)].
Proof.
rewrite -[LHS](mkseq_nth (0, 0)%N) /mkseq -val_enum_ord -map_comp.
by apply: eq_map => i /=; case: (nth _ _ _).
Qed.

Lemma in_degree_listed (v : node dag_of_list) : in_degree v = listed_in_degree v.
Proof.
rewrite /listed_in_degree {1}edges_enum count_map -sum1_count big_enum_cond /in_degree -sum1_card.
by apply: eq_bigl => i; rewrite !inE /= -val_eqE.
Qed.

Lemma source_listed (v : node dag_of_list) : source v = (listed_in_degree v == 0%N).
Proof. by rewrite /source in_degree_listed. Qed.

Lemma degrees_listed (x o : node dag_of_list) :
  [seq [seq in_degree (head e) | e <- p] | p <- paths x o] = listed_degrees o x o.
Proof.
rewrite /paths /=; move: {1 2}(nat_of_ord o) => k; elim: k o => [|k IH] o /=.
  by rewrite !cats0 -val_eqE; case: (_ == _).
rewrite map_cat -val_eqE; congr (_ ++ _); first by case: (_ == _).
rewrite map_flatten; congr flatten; rewrite [in RHS]edges_enum filter_map -!map_comp.
apply/eq_in_map => i; rewrite mem_filter => /andP[/eqP hi _] /=.
by rewrite -[listed_degrees _ _ _](IH (tail_of i)) -!map_comp; apply: eq_map => p /=; rewrite hi in_degree_listed.
Qed.

(* The polynomials are what is computed from the lists. *)
Theorem value_listed (R : comRingType) (t : nat -> R) (x o : node dag_of_list) :
  \sum_(p <- paths x o) \prod_(e <- p) t (in_degree (head e)) = value t (listed_degrees o x o).
Proof.
rewrite -degrees_listed /value big_map; apply: eq_bigr => p _.
by rewrite big_map.
Qed.

Theorem path_sum_listed (x o : node dag_of_list) :
  path_sum x o = value (fun d => d%:R^-1) (listed_degrees o x o).
Proof. exact: value_listed. Qed.

(* The same, in a form that Coq computes. *)
Lemma path_sum_computed (x o : node dag_of_list) :
  path_sum x o =
  foldr (fun m sum => foldr (fun d product => d%:R^-1 * product) 1 m + sum) 0
    (listed_degrees o x o).
Proof.
rewrite path_sum_listed /value -foldr_map [RHS]foldrE big_map.
by apply: eq_bigr => m _; rewrite -[RHS]foldr_map foldrE big_map.
Qed.

Theorem path_degrees_listed (x o : node dag_of_list) :
  [seq path_degree p | p <- paths x o] = [seq sort leq m | m <- listed_degrees o x o].
Proof. by rewrite -degrees_listed -map_comp. Qed.

End Network.
